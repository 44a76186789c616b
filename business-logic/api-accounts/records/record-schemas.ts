import type * as z from 'zod';
import { type PlayerRecord, playerRecordSchema } from './player-record.ts';
import { type StudioRecord, studioRecordSchema } from './studio-record.ts';

/** The shapes of what the account system says. */
export interface RecordSchemas {
  readonly player: z.ZodType<PlayerRecord>;
  readonly studio: z.ZodType<StudioRecord>;
}

/** The shapes, made once: zod takes longer to make one than to read a record with it. Each is made when it is needed. */
export function recordSchemas(now: () => Date): RecordSchemas {
  let player: z.ZodType<PlayerRecord> | undefined;
  let studio: z.ZodType<StudioRecord> | undefined;
  return {
    get player() {
      return (player ??= playerRecordSchema(now));
    },
    get studio() {
      return (studio ??= studioRecordSchema(now));
    },
  };
}
