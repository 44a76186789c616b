import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EDITED } from './template-edit.ts';

/**
 * Where a pipeline keeps what it decides about calls: below PLAYLAKE_DECISIONS, if a run of all tests sets it. What a test
 * edited is kept apart, since its roles are not those of the templates.
 */
export function decisionsFolder(assemblyDir: string | undefined): string | undefined {
  const root = process.env['PLAYLAKE_DECISIONS'];
  if (root === undefined || root === '') return undefined;
  const isEdited = assemblyDir !== undefined && existsSync(join(assemblyDir, EDITED));
  return join(root, `${isEdited ? 'edited' : 'as-synthesized'}-${randomUUID()}`);
}
