import { Card } from '../parts/card.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useConsole } from '../session/console-context.ts';
import { rowsOfGame } from './overview/figures.ts';
import type { QuestionName } from './questions.ts';
import { ReportCard } from './report-card.tsx';
import { useQuestion } from './use-question.ts';

/** Where players stop, and how hard it is there. */
export function Levels() {
  return (
    <div class="cards">
      <ReportCard title="Funnel" about="Players who started each level." question="levelFunnel" isWide />
      <ReportCard
        title="Failure rate"
        about="Failures among the attempts that were started."
        question="levelDifficulty"
      />
      <ReportCard
        title="Abandoned attempts"
        about="Attempts that ended neither in a completion nor in a failure."
        question="levelDifficulty"
        chart={{ y: 'abandoned' }}
      />
    </div>
  );
}

/** What the games hand out and take in again, in their own currencies. */
export function Economy() {
  return (
    <div class="cards">
      <ReportCard title="Flow" about="Earned less spent, per day and virtual currency." question="economy" isWide />
      <ReportCard title="Earned" question="economy" chart={{ y: 'source' }} />
      <ReportCard title="Spent" question="economy" chart={{ y: 'sink' }} />
    </div>
  );
}

/** Which titles are played, and whose they are. */
export function Titles() {
  const { source } = useConsole();
  return (
    <div class="cards">
      <ReportCard title="Popularity" about="Active registrations of each title." question="titles" isWide />
      {source.role !== 'studio' && (
        <>
          <TableCard
            title="Portfolio"
            about="Daily players, retention and revenue per player of each title."
            question="portfolio"
          />
          <ReportCard
            title="League table"
            about="Active registrations of each studio’s titles."
            question="leagueTable"
          />
          <ReportCard title="Revenue by studio" question="revenueByStudio" />
        </>
      )}
    </div>
  );
}

/** Who registers and who leaves. */
export function Accounts() {
  const { source } = useConsole();
  if (source.role === 'studio') {
    return (
      <div class="cards">
        <TableCard title="Registered players" about="By pseudonym." question="registeredPlayers" />
        <TableCard title="Unregistrations" about="All that the studio asked for." question="unregistrations" />
      </div>
    );
  }
  return (
    <div class="cards">
      <ReportCard
        title="Net growth"
        about="Registrations less those that ended, per day."
        question="accountGrowth"
        isWide
      />
      <ReportCard
        title="Accounts"
        about="Opened less closed accounts, per day."
        question="accountGrowth"
        chart={{ y: 'account_growth' }}
      />
      <ReportCard
        title="Closed accounts"
        about="What they had in common; no group is smaller than five."
        question="closedAccounts"
      />
    </div>
  );
}

function TableCard({
  title,
  about,
  question,
}: {
  readonly title: string;
  readonly about: string;
  readonly question: QuestionName;
}) {
  const { place } = useConsole();
  const reading = useQuestion(question);
  return (
    <Card title={title} about={about} reading={reading} isWide hasTable>
      {({ result }) => (
        <DataTable
          label={`Rows of ${title}`}
          columns={result.columns}
          rows={rowsOfGame(result.rows, place.filters.game)}
        />
      )}
    </Card>
  );
}
