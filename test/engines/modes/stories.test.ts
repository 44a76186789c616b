import { dirname } from 'node:path';
import { afterAll } from 'vitest';
import { useAssembly } from '../../support/assembly-dir.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { removeFolder } from '../../support/temporary-folder.ts';

// The same stories as on Athena, word for word, answered by the warehouse.
const assembly = await modeAssembly({ DATA_STACK: 'REDSHIFT' });
// Hooks behind the tests run backwards: the pipeline ends first.
afterAll(() => removeFolder(dirname(assembly)));
useAssembly(assembly);
await import('../../pipeline/stories.test.ts');
