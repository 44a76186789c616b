import { beginLife, sharesIds, type Life } from './live-a-life.ts';
import type { LivedEvent } from './game-event.ts';
import { createHeldBack } from './held-back.ts';
import type { GeneratorOptions } from './options.ts';
import type { Period } from './player.ts';
import { createRandom, type Random } from './random.ts';
import { spoilEvent } from './spoil-event.ts';
import type { PlayerRecord, TruthRecorder } from './truth-recorder.ts';
import { dayNumber } from './utc-day.ts';
import { uuid4 } from './uuid.ts';

/** One event on its way out. */
export interface Outgoing {
  /** Which game's token it is sent with; undefined: straight to the delivery stream, as an unregistered application. */
  readonly game: number | undefined;
  /** The country its request comes from, as CloudFront would say. */
  readonly country: string;
  /** The event as JSON, the same text whenever it is sent. */
  readonly json: string;
  /** Its id in lower case where the event bears a valid one. */
  readonly eventId: string | undefined;
  /** Whether the event contract accepts it. */
  readonly isAccepted: boolean;
}

const dayMs = 24 * 3600 * 1000;

/** An event held back is sent after at least this many others, or the longest delay where that is less. */
const leastDelay = 500;

/** Players who live side by side; more live in one block after another, so that memory stays bounded. */
const mostPlayersAtOnce = 25_000;

/** Beside their own game, players play each other one with this chance. */
const otherGameChance = 0.25;

/** An application that nobody registered: one of its own for each run, so that runs that share a lake stay apart. */
export function unregisteredApplication(seed: string, applicationIds: readonly string[]): string {
  return uuid4(createRandom(seed).fork('unregistered', ...applicationIds));
}

/**
 * Everything that is sent, in order, with the truth kept as it goes. Where the players are counted, all of them live day
 * by day, so that days are sent in their order; else one player lives after another, for as long as events are asked
 * for. What stays in memory is the players alive and the events held back.
 */
export function* eventStream(
  options: GeneratorOptions,
  applicationIds: readonly string[],
  recorder: TruthRecorder,
): Generator<Outgoing> {
  const shares = sharesOfGood(options);
  const random = createRandom(options.seed).fork('stream');
  const queue = createHeldBack<Outgoing>();
  const delay = () => random.integer(Math.min(leastDelay, options.longestDelay), options.longestDelay);
  const strangerId = unregisteredApplication(options.seed, applicationIds);
  let left = options.events;

  function* sendOne(game: number, record: PlayerRecord, lived: LivedEvent): Generator<Outgoing> {
    left -= 1;
    record.accepted(lived);
    const good = outgoing(game, lived, true);
    if (random.chance(options.late)) {
      recorder.late();
      queue.hold(good, delay());
    } else yield good;

    if (left > 0 && random.chance(shares.duplicates)) {
      left -= 1;
      recorder.duplicate(game);
      // Half of the copies lie in the same request, half arrive much later.
      if (random.chance(0.5)) yield good;
      else queue.hold(good, delay());
    }
    if (left > 0 && random.chance(shares.malformed)) {
      left -= 1;
      const { reason, event } = spoilEvent(lived.event, random);
      recorder.rejected(applicationIds[game]!, reason);
      const eventId = reason === 'invalid_event_id' ? undefined : (event as { readonly event_id: string }).event_id;
      yield { game, country: lived.country, json: JSON.stringify(event), eventId, isAccepted: false };
    }
    if (left > 0 && random.chance(shares.undeclared)) {
      left -= 1;
      const custom = undeclaredEvent(lived, random);
      const isAccepted = options.undeclaredEventTypes === 'ACCEPT';
      if (isAccepted) record.accepted(custom);
      else recorder.rejected(applicationIds[game]!, 'undeclared_event_type');
      yield outgoing(game, custom, isAccepted);
    }
    if (left > 0 && random.chance(shares.unregistered)) {
      left -= 1;
      recorder.rejected(strangerId, 'unregistered_application');
      yield unregisteredEvent(strangerId, lived, random);
    }
    yield* queue.due();
  }

  const period: Period = { from: options.end - options.days * dayMs, to: options.end };
  for (const block of lives(options, applicationIds.length, period)) {
    const living = block.map(({ game, life }) => ({ game, life, record: recorder.beginPlayer(game) }));
    for (let day = dayNumber(period.from); day <= dayNumber(period.to); day += 1) {
      for (const { game, life, record } of living) {
        for (const lived of life.liveDay(day)) {
          if (left === 0) break;
          yield* sendOne(game, record, lived);
        }
        if (left === 0) break;
      }
    }
    for (const { record } of living) record.ended();
    if (left === 0) break;
  }
  yield* queue.rest();
}

/** Shares of all events become chances per good event. */
function sharesOfGood(options: GeneratorOptions) {
  const good = 1 - options.duplicates - options.malformed - options.undeclared - options.unregistered;
  return {
    duplicates: options.duplicates / good,
    malformed: options.malformed / good,
    undeclared: options.undeclared / good,
    unregistered: options.unregistered / good,
  };
}

/** The lives of all players, in blocks of those who live side by side. */
function* lives(
  options: GeneratorOptions,
  games: number,
  period: Period,
): Generator<readonly { readonly game: number; readonly life: Life }[]> {
  const root = createRandom(options.seed);
  const sources = Array.from({ length: games }, (_, game) => root.fork('game', game));
  const shared = root.fork('shared ids');
  const atOnce = options.players === Number.MAX_SAFE_INTEGER ? 1 : mostPlayersAtOnce;

  for (let first = 0; first < options.players; first += atOnce) {
    const block = Array.from({ length: Math.min(atOnce, options.players - first) }, (_, offset) => {
      const index = first + offset;
      return gamesOf(index, games, root).map((game) => ({
        game,
        life: beginLife(index, sources[game]!, shared, period),
      }));
    });
    yield block.flat();
  }
}

/** Which games a player plays: one at least, and every game where several use the same ids. */
function gamesOf(index: number, games: number, root: Random): number[] {
  const random = root.fork('games', index);
  return Array.from({ length: games }, (_, game) => game).filter(
    (game) => game === index % games || sharesIds(index) || random.chance(otherGameChance),
  );
}

function outgoing(game: number, { event, country }: LivedEvent, isAccepted: boolean): Outgoing {
  return { game, country, json: JSON.stringify(event), eventId: event.event_id.toLowerCase(), isAccepted };
}

/** A type of the studio's own, with words and nesting that the pipeline has to keep as they are. */
function undeclaredEvent(lived: LivedEvent, random: Random): LivedEvent {
  const { event } = lived;
  return {
    ...lived,
    event: {
      ...event,
      event_id: uuid4(random),
      event_type: 'garden.watered',
      event_data: {
        plant: 'Fenchel 🌱',
        Litres: random.integer(1, 20) / 4,
        bed: { row: 3, tags: ['sonnig', "l'été"] },
      },
    },
  };
}

function unregisteredEvent(applicationId: string, { event, country }: LivedEvent, random: Random): Outgoing {
  const stray = { application_id: applicationId, ...event, event_id: uuid4(random) };
  return { game: undefined, country, json: JSON.stringify(stray), eventId: stray.event_id, isAccepted: false };
}
