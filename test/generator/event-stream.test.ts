import { describe, expect, it } from 'vitest';
import { unregisteredApplication } from '../../generator/event-stream.ts';
import { aRun } from '../support/a-run.ts';

const texts = (seed: string) => aRun({ seed, events: 800 }).sent.map((event) => event.json);

/** How often an event of a player follows one that happened later. */
function backwards(late: number): number {
  const { events } = aRun({ late, duplicates: 0, malformed: 0, games: 1, players: 5 });
  return events.slice(1).filter((event, index) => {
    const before = events[index]!;
    return before.player_id === event.player_id && before.event_timestamp > event.event_timestamp;
  }).length;
}

describe('eventStream', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(texts('one')).toEqual(texts('one'));
    expect(texts('one')).not.toEqual(texts('two'));
  });

  it('sends exactly as many events as asked, and its truth adds up to them', () => {
    const { sent, truth } = aRun({ events: 5000, unregistered: 0.01, undeclared: 0.01 });
    expect(sent).toHaveLength(5000);
    expect(truth.accepted + truth.duplicates + truth.rejected).toBe(5000);
  });

  it('keeps to the shares it is given', () => {
    const { truth } = aRun({ events: 20_000, duplicates: 0.05, malformed: 0.03, unregistered: 0.02, late: 0.1 });
    const unregistered = truth.rejected_events.find((row) => row.reason === 'unregistered_application')!.events;
    expect(truth.duplicates / 20_000).toBeCloseTo(0.05, 2);
    expect((truth.rejected - unregistered) / 20_000).toBeCloseTo(0.03, 2);
    expect(unregistered / 20_000).toBeCloseTo(0.02, 2);
    expect(truth.late / truth.accepted).toBeCloseTo(0.1, 1);
  });

  it('repeats a duplicate unchanged, in the same game', () => {
    const { sent, truth } = aRun({ malformed: 0 });
    const byId = new Map<string, Set<string>>();
    for (const { game, eventId, json } of sent) {
      const key = `${game} ${eventId}`;
      byId.set(key, (byId.get(key) ?? new Set()).add(json));
    }
    expect(byId.size).toBe(truth.accepted);
    expect([...byId.values()].every((texts) => texts.size === 1)).toBe(true);
  });

  it('holds late events back until later ones have gone', () => {
    expect(backwards(0)).toBe(0);
    expect(backwards(0.3)).toBeGreaterThan(0);
  });

  it('lets two games use the same event_id', () => {
    const { sent } = aRun({ events: 8000, malformed: 0, duplicates: 0 });
    const ids = [0, 1].map(
      (game) => new Set(sent.filter((event) => event.game === game).map((event) => event.eventId)),
    );
    expect([...ids[0]!].some((id) => ids[1]!.has(id))).toBe(true);
  });

  it('writes ids of version 4 and 7, in both cases, and times in seconds and milliseconds', () => {
    const { events } = aRun({ malformed: 0 });
    const ids = events.map((event) => event.event_id);
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
    expect(ids.filter((id) => !uuid.test(id))).toEqual([]);
    expect(ids.some((id) => id[14] === '7')).toBe(true);
    expect(ids.some((id) => id !== id.toLowerCase())).toBe(true);
    expect(events.some((event) => event.event_timestamp >= 1e11)).toBe(true);
    expect(events.some((event) => event.event_timestamp < 1e11)).toBe(true);
  });

  it('names an application that nobody registered where nothing of the API is used', () => {
    const { sent } = aRun({ seed: 'strays', unregistered: 0.05 });
    const application_id = unregisteredApplication('strays', ['game-0', 'game-1']);
    const straight = sent.filter((event) => event.game === undefined);
    expect(straight.length).toBeGreaterThan(0);
    for (const { json } of straight) expect(JSON.parse(json)).toMatchObject({ application_id });
  });

  it('names another one for other games, so that runs that share a lake stay apart', () => {
    const [first, again, other] = [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'c'],
    ].map((ids) => unregisteredApplication('s', ids));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('ends with the last player where the players are counted, each in one game at least and some in several', () => {
    const { truth, events } = aRun({ players: 200, games: 3, events: Number.MAX_SAFE_INTEGER });
    const everybody = new Set(events.map((event) => event.player_id).filter((id) => typeof id === 'string'));
    expect([...everybody].filter((id) => id.length < 100)).toHaveLength(200);
    const seats = truth.applications.map((game) => game.players);
    for (const players of seats) expect(players).toBeGreaterThan(67);
    expect(seats.reduce((sum, players) => sum + players, 0)).toBeLessThan(400);
  });

  it('lets counted players live day by day, so that days are sent in their order', () => {
    const { events } = aRun({ players: 100, events: Number.MAX_SAFE_INTEGER, late: 0, duplicates: 0, malformed: 0 });
    const dayMs = 24 * 3600 * 1000;
    const times = events.map(({ event_timestamp: at }) => (at >= 1e11 ? at : at * 1000));
    let latest = 0;
    let furthestBack = 0;
    for (const at of times) {
      furthestBack = Math.max(furthestBack, latest - at);
      latest = Math.max(latest, at);
    }
    // A day, and what is left of a session over midnight.
    expect(furthestBack).toBeLessThan(1.2 * dayMs);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(28 * dayMs);
  });

  it('says of each event whether the event contract accepts it', () => {
    const { sent, truth } = aRun({ malformed: 0.1, unregistered: 0.02, undeclared: 0.02 });
    const accepted = new Set(sent.filter((one) => one.isAccepted).map(({ game, eventId }) => `${game} ${eventId}`));
    expect(accepted.size).toBe(truth.accepted);
    expect(sent.filter((one) => !one.isAccepted)).toHaveLength(truth.rejected);
    const strict = aRun({ malformed: 0, undeclared: 0.02, undeclaredEventTypes: 'REJECT' });
    expect(strict.sent.filter((one) => !one.isAccepted)).toHaveLength(strict.truth.rejected);
  });

  it('counts an undeclared type as the deployment will', () => {
    const accepted = aRun({ undeclared: 0.05 }).truth;
    expect(accepted.events_per_day.some((row) => row.event_type === 'garden.watered')).toBe(true);
    const rejected = aRun({ undeclared: 0.05, undeclaredEventTypes: 'REJECT' }).truth;
    expect(rejected.events_per_day.some((row) => row.event_type === 'garden.watered')).toBe(false);
    expect(rejected.rejected_events.some((row) => row.reason === 'undeclared_event_type')).toBe(true);
  });

  it('sends a copy days later, where it may be held back for as long', () => {
    const { sent } = aRun({
      players: 150,
      events: Number.MAX_SAFE_INTEGER,
      duplicates: 0.1,
      longestDelay: 5000,
      late: 0,
    });
    const places = new Map<string, number>();
    let mostDays = 0;
    const days = sent.map(({ json }) => (JSON.parse(json) as { event_timestamp: number }).event_timestamp);
    const latest = (place: number) => Math.max(...days.slice(Math.max(0, place - 50), place).filter((at) => at < 1e11));
    for (const [place, { game, eventId, isAccepted }] of sent.entries()) {
      if (!isAccepted) continue;
      const first = places.get(`${game} ${eventId}`);
      if (first === undefined) places.set(`${game} ${eventId}`, place);
      else if (days[place]! < 1e11 && place - first > 500) {
        mostDays = Math.max(mostDays, (latest(place) - days[place]!) / 86_400);
      }
    }
    expect(mostDays).toBeGreaterThan(5);
  });

  it('sends an event held back after at most five thousand others', () => {
    const { sent } = aRun({ events: 20_000, late: 0.5, duplicates: 0, malformed: 0, games: 1 });
    const inOrder = aRun({ events: 20_000, late: 0, duplicates: 0, malformed: 0, games: 1 }).sent;
    const places = new Map(inOrder.map(({ eventId }, place) => [eventId, place]));
    const delays = sent.map(({ eventId }, place) => place - places.get(eventId)!);
    expect(Math.max(...delays)).toBeGreaterThan(250);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5000);
  });
});
