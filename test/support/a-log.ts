import type { LocalLog } from '../../local/runtime.ts';

/** A log that keeps what it is told. */
export interface RecordedLog extends LocalLog {
  readonly entries: { readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly fields: unknown }[];
}

export function aLog(): RecordedLog {
  const entries: RecordedLog['entries'] = [];
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, fields: unknown = {}) =>
      void entries.push({ level, message, fields });
  return { entries, info: at('info'), warn: at('warn'), error: at('error'), functionOutput: () => undefined };
}
