import { useEffect, useState } from 'preact/hooks';
import { untilNow } from '../data/filters.ts';
import type { ListedEvent, LaptopApi } from '../data/laptop-api.ts';
import { problemOf, type Problem } from '../data/problem.ts';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { useConsole } from '../session/console-context.ts';
import { ReportCard } from './report-card.tsx';

/** What arrives, and what is wrong with it. */
export function Events() {
  const { laptop, source, place, now } = useConsole();
  const period = untilNow(place.filters, now());
  const version = source.role === 'studio' ? 'game_id' : 'application_id';
  return (
    <div class="cards">
      {laptop && <LiveTail laptop={laptop} />}
      <ReportCard
        title="Rejected by reason"
        about="Events that broke a rule, by the first one."
        question="dataQuality"
        period={period}
      />
      <ReportCard
        title="Rejected by version"
        about="By the version of the game that sent them."
        question="dataQuality"
        period={period}
        chart={{ x: 'app_version', series: version }}
      />
      <ReportCard title="Rejected share of a day’s events" question="rejectedShare" period={period} isWide />
    </div>
  );
}

type Status = ListedEvent['status'];

const pauseMilliseconds = 2_000;
const mostEvents = 100;

/** The newest events, read again every two seconds while nobody pauses it and the page is seen. */
function LiveTail({ laptop }: { readonly laptop: LaptopApi }) {
  const [status, setStatus] = useState<Status>();
  const [isPaused, setPaused] = useState(false);
  const [events, setEvents] = useState<readonly ListedEvent[]>();
  const [problem, setProblem] = useState<Problem>();
  const [startedAt] = useState(Date.now);

  useEffect(() => {
    if (isPaused) return undefined;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const read = async (): Promise<void> => {
      try {
        if (!document.hidden) {
          setEvents(await laptop.events(status, mostEvents, controller.signal));
          setProblem(undefined);
        }
      } catch (error) {
        if (!controller.signal.aborted) setProblem(problemOf(error));
      }
      if (!controller.signal.aborted) timer = setTimeout(() => void read(), pauseMilliseconds);
    };
    void read();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [laptop, status, isPaused]);

  return (
    <section class="card wide" aria-labelledby="live-tail">
      <h2 id="live-tail">Live tail</h2>
      <p class="about">
        The newest {mostEvents} arrivals, copies included, as soon as they are delivered. Times are UTC.
      </p>
      <div class="row">
        <label>
          Show{' '}
          <select
            value={status ?? ''}
            onChange={(event) => setStatus((event.currentTarget.value || undefined) as Status | undefined)}
          >
            <option value="">all events</option>
            <option value="accepted">accepted events</option>
            <option value="rejected">rejected events</option>
          </select>
        </label>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          Pause
        </button>
      </div>
      {problem && <Failure problem={problem} />}
      {!events && !problem && <Loading what="Live tail" startedAt={startedAt} />}
      {events?.length === 0 && <Empty />}
      {events && events.length > 0 && <EventTable events={events} />}
    </section>
  );
}

function EventTable({ events }: { readonly events: readonly ListedEvent[] }) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Newest events">
      <table class="events">
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Status</th>
            <th scope="col">Event</th>
            <th scope="col">Game</th>
            <th scope="col">Whole event</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <EventRow key={keyOf(event)} event={event} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A rejected event may have no id of its own: its request and its place there name it. */
const keyOf = ({ received_at, event_id, metadata }: ListedEvent): string =>
  JSON.stringify([received_at, event_id, metadata]);

function EventRow({ event }: { readonly event: ListedEvent }) {
  const { games } = useConsole();
  const [isOpen, setOpen] = useState(false);
  const { application_id: id = '' } = event;
  return (
    <tr>
      <td>{event.received_at.slice(0, 19)}</td>
      <td>
        <span class={`badge ${event.status}`}>{event.status}</span> {event.reason}
      </td>
      <td>{event.event_type ?? ''}</td>
      <td>{games.get(id) ?? id}</td>
      <td>
        <details open={isOpen} onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
          <summary>
            Show<span class="hidden"> the whole event {event.event_id ?? ''}</span>
          </summary>
          {isOpen && <pre>{JSON.stringify(event, undefined, 2)}</pre>}
        </details>
      </td>
    </tr>
  );
}
