import type { Emulator } from '../runtime.ts';

/** Every stand-in there is, one line each. A resource type that none of them names is reported at start. */
export const emulators: readonly Emulator[] = [];
