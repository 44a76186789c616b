import { countDays, lastDays } from '../data/filters.ts';
import { useConsole } from '../session/console-context.ts';
import { inOrder } from '../session/game-names.ts';

/** Periods by their days; they end with the last day that is over. */
const periods = [7, 28, 90, 365] as const;

/** Which days and which game a page is about. */
export function Pickers() {
  const { place, go, games, now } = useConsole();
  const { filters } = place;
  const today = lastDays(1, now());
  const chosen = periods.find((days) => {
    const period = lastDays(days, now());
    return period.from === filters.from && period.to === filters.to;
  });
  const known = inOrder(games);
  const isKnown = filters.game === undefined || games.has(filters.game);
  return (
    <form class="pickers" aria-label="Period and game" onSubmit={(event) => event.preventDefault()}>
      <label class="period">
        Period
        <select
          value={chosen ?? ''}
          onChange={(event) => {
            const days = Number(event.currentTarget.value);
            if (days > 0) go({ filters: { ...filters, ...lastDays(days, now()) } });
          }}
        >
          {periods.map((days) => (
            <option key={days} value={days}>
              last {days} days
            </option>
          ))}
          <option value="" disabled={chosen !== undefined}>
            {countDays(filters)} days of one’s own
          </option>
        </select>
      </label>
      <label>
        From
        <input
          type="date"
          required
          value={filters.from}
          max={filters.to}
          onChange={(event) => {
            const from = event.currentTarget.value;
            if (from !== '' && from <= filters.to) go({ filters: { ...filters, from } });
          }}
        />
      </label>
      <label>
        To
        <input
          type="date"
          required
          value={filters.to}
          min={filters.from}
          onChange={(event) => {
            const to = event.currentTarget.value;
            if (to !== '' && to >= filters.from) go({ filters: { ...filters, to } });
          }}
        />
      </label>
      <label class="game">
        Game
        <select
          value={filters.game ?? ''}
          onChange={(event) => go({ filters: { ...filters, game: event.currentTarget.value || undefined } })}
        >
          <option value="">all games</option>
          {!isKnown && <option value={filters.game}>{filters.game}</option>}
          {known.map(([id, name]) => (
            <option key={id} value={id}>
              {name === id ? id : `${name} (${id})`}
            </option>
          ))}
        </select>
      </label>
      {filters.to > today.to && <p class="about">The last day is not over yet.</p>}
    </form>
  );
}
