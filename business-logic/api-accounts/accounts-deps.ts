import type { PutRecords } from '../shared/delivery/put-records.ts';
import type { RecordSchemas } from './records/record-schemas.ts';
import type { GameStore } from './store/game-store.ts';
import type { NoteRegistrations } from './store/note-registrations.ts';

/** What the account routes work with. */
export interface AccountsDeps {
  readonly games: GameStore;
  readonly noteRegistrations: NoteRegistrations;
  readonly putRecords: PutRecords;
  readonly schemas: RecordSchemas;
  /** The secret that event ids are made with. */
  readonly idKey: () => Promise<string>;
  readonly now: () => Date;
}
