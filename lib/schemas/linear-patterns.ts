import type { RegExpEngine } from 'ajv/dist/types/index.js';
import { patternProgram } from './pattern-program.ts';
import { runPattern } from './run-pattern.ts';

/** What compiled validators call the function that they get their patterns from. */
export const patternsInCode = 'linearPattern';

/**
 * Runs the `pattern`s of event schemas in time that grows with the text and no faster, whatever the pattern is. RegExp
 * tries one way after the other instead: for `^(a+)+$` twice as many with every character. What RE2 cannot do in such
 * time (look-around, back references, repeats of more than 1,000) it refuses when the schema is compiled, so at synth.
 * @throws Error for a pattern that is none of RE2's
 */
export const linearPatterns: RegExpEngine = Object.assign(
  (pattern: string) => {
    const test = runPattern(patternProgram(pattern));
    // Ajv tells patterns apart by their text.
    return { test, toString: () => pattern };
  },
  { code: patternsInCode },
);
