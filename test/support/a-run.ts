import { eventStream, type Outgoing } from '../../generator/event-stream.ts';
import type { GameEvent } from '../../generator/game-event.ts';
import { generatorDefaults, type GeneratorOptions } from '../../generator/options.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import type { Truth } from '../../generator/truth.ts';
import { dayNumber } from '../../generator/utc-day.ts';

/** Generator options for tests: small, and ending at a fixed time. */
export function someOptions(options: Partial<GeneratorOptions> = {}): GeneratorOptions {
  return { ...generatorDefaults, events: 5000, end: Date.parse('2026-11-20T21:30:00Z'), ...options };
}

/** Everything a run sends, and its truth, without sending it. */
export function aRun(options: Partial<GeneratorOptions> = {}): { sent: Outgoing[]; events: GameEvent[]; truth: Truth } {
  const all = someOptions(options);
  const ids = Array.from({ length: all.games }, (_, game) => `game-${game}`);
  const recorder = createTruthRecorder(ids.map((applicationId) => ({ applicationId, name: applicationId })));
  const sent = [...eventStream(all, ids, recorder)];
  const run = { seed: all.seed, sent: sent.length, acknowledged: sent.length, today: dayNumber(all.end) };
  return { sent, events: sent.map(({ json }) => JSON.parse(json) as GameEvent), truth: recorder.truth(run) };
}
