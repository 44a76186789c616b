import { liveALife, type Period } from './live-a-life.ts';
import type { LivedEvent } from './game-event.ts';
import type { GeneratorOptions } from './options.ts';
import type { Player } from './player.ts';
import { createRandom, type Random } from './random.ts';
import { spoilEvent } from './spoil-event.ts';
import type { TruthRecorder } from './truth-recorder.ts';
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
}

const dayMs = 24 * 3600 * 1000;

/** An event held back is sent after at least this many and at most this many others. */
const heldBack = { least: 500, most: 5000 };

/** An application that nobody registered: one of its own for each run, so that runs that share a lake stay apart. */
export function unregisteredApplication(seed: string, applicationIds: readonly string[]): string {
  return uuid4(createRandom(seed).fork('unregistered', ...applicationIds));
}

/**
 * Everything that is sent, in order, with the truth kept as it goes. The games take turns, one player's life each.
 * Only events held back stay in memory.
 */
export function* eventStream(options: GeneratorOptions, applicationIds: readonly string[], recorder: TruthRecorder) {
  const shares = sharesOfGood(options);
  const random = createRandom(options.seed).fork('stream');
  const queue = createHeldBack();
  const strangerId = unregisteredApplication(options.seed, applicationIds);
  let left = options.events;

  for (const { game, player, events } of lives(options, applicationIds.length)) {
    const record = recorder.beginPlayer(game);
    const country = player.country.id;
    const applicationId = applicationIds[game]!;

    for (const lived of events) {
      if (left === 0) break;
      left -= 1;
      record.accepted(lived);
      const good = outgoing(game, country, lived);
      if (random.chance(options.late)) {
        recorder.late();
        queue.hold(good, random.integer(heldBack.least, heldBack.most));
      } else yield good;

      if (left > 0 && random.chance(shares.duplicates)) {
        left -= 1;
        recorder.duplicate(game);
        // Half of the copies lie in the same request, half arrive much later.
        if (random.chance(0.5)) yield good;
        else queue.hold(good, random.integer(heldBack.least, heldBack.most));
      }
      if (left > 0 && random.chance(shares.malformed)) {
        left -= 1;
        const { reason, event } = spoilEvent(lived.event, random);
        recorder.rejected(applicationId, reason);
        const eventId = reason === 'invalid_event_id' ? undefined : (event as { readonly event_id: string }).event_id;
        yield { game, country, json: JSON.stringify(event), eventId } satisfies Outgoing;
      }
      if (left > 0 && random.chance(shares.undeclared)) {
        left -= 1;
        const custom = undeclaredEvent(lived, random);
        if (options.undeclaredEventTypes === 'ACCEPT') record.accepted(custom);
        else recorder.rejected(applicationId, 'undeclared_event_type');
        yield outgoing(game, country, custom);
      }
      if (left > 0 && random.chance(shares.unregistered)) {
        left -= 1;
        recorder.rejected(strangerId, 'unregistered_application');
        yield unregisteredEvent(strangerId, lived, country, random);
      }
      yield* queue.due();
    }
    record.ended();
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

function* lives(
  options: GeneratorOptions,
  games: number,
): Generator<{ readonly game: number; readonly player: Player; readonly events: readonly LivedEvent[] }> {
  const root = createRandom(options.seed);
  const sources = Array.from({ length: games }, (_, game) => root.fork('game', game));
  const shared = root.fork('shared ids');
  const period: Period = { from: options.end - options.days * dayMs, to: options.end };

  for (let index = 0; index < options.players; index += 1) {
    for (const [game, source] of sources.entries()) yield { game, ...liveALife(index, source, shared, period) };
  }
}

function outgoing(game: number, country: string, { event }: LivedEvent): Outgoing {
  return { game, country, json: JSON.stringify(event), eventId: event.event_id.toLowerCase() };
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

function unregisteredEvent(applicationId: string, { event }: LivedEvent, country: string, random: Random): Outgoing {
  const stray = { application_id: applicationId, ...event, event_id: uuid4(random) };
  return { game: undefined, country, json: JSON.stringify(stray), eventId: stray.event_id };
}

/** Events that wait until a number of others has gone by. */
function createHeldBack() {
  const waiting = new Map<number, Outgoing[]>();
  let turn = 0;
  return {
    hold: (event: Outgoing, turns: number) => {
      const due = waiting.get(turn + turns);
      if (due) due.push(event);
      else waiting.set(turn + turns, [event]);
    },
    *due(): Generator<Outgoing> {
      turn += 1;
      const due = waiting.get(turn);
      waiting.delete(turn);
      if (due) yield* due;
    },
    *rest(): Generator<Outgoing> {
      for (const [, events] of [...waiting].toSorted(([a], [b]) => a - b)) yield* events;
      waiting.clear();
    },
  };
}
