import { describe, expect, it } from 'vitest';
import { whenNeeded } from '../../../business-logic/shared/when-needed.ts';

const greeter = { greet: async (name: string) => `hello ${name}`, leave: async () => 'bye' };

describe('what is loaded when it is needed', () => {
  it('is loaded once, and is then called', async () => {
    let loads = 0;
    const lazy = whenNeeded(['greet', 'leave'], async () => {
      loads += 1;
      return greeter;
    });
    expect(loads).toBe(0);
    expect(await Promise.all([lazy.greet('Ann'), lazy.leave()])).toEqual(['hello Ann', 'bye']);
    expect(loads).toBe(1);
  });

  it('is loaded again after a failure', async () => {
    let loads = 0;
    const lazy = whenNeeded(['greet', 'leave'], async () => {
      loads += 1;
      if (loads === 1) throw new Error('no such module');
      return greeter;
    });
    await expect(lazy.leave()).rejects.toThrow('no such module');
    expect(await lazy.leave()).toBe('bye');
  });
});
