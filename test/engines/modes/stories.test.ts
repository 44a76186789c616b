import { modeAssembly } from '../../support/mode-assembly.ts';
import { useAssembly } from '../../support/assembly-dir.ts';

// The same stories as on Athena, word for word, answered by the warehouse.
useAssembly(await modeAssembly({ DATA_STACK: 'REDSHIFT' }));
await import('../../pipeline/stories.test.ts');
