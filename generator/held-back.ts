/** Things that wait until a number of others has gone by. */
export interface HeldBack<Thing> {
  hold(thing: Thing, turns: number): void;
  /** One more has gone by: those whose turn it is now. */
  due(): Generator<Thing>;
  /** All that still wait, in the order of their turns. */
  rest(): Generator<Thing>;
}

export function createHeldBack<Thing>(): HeldBack<Thing> {
  const waiting = new Map<number, Thing[]>();
  let turn = 0;
  return {
    hold: (thing, turns) => {
      const due = waiting.get(turn + turns);
      if (due) due.push(thing);
      else waiting.set(turn + turns, [thing]);
    },
    *due() {
      turn += 1;
      const due = waiting.get(turn);
      waiting.delete(turn);
      if (due) yield* due;
    },
    *rest() {
      for (const [, things] of [...waiting].toSorted(([a], [b]) => a - b)) yield* things;
      waiting.clear();
    },
  };
}
