import { modeAssembly } from '../../support/mode-assembly.ts';
import { useAssembly } from '../../support/assembly-dir.ts';

// The same attacks as on Athena, word for word, on a warehouse.
useAssembly(await modeAssembly({ DATA_STACK: 'REDSHIFT' }));
await import('../../pipeline/isolation.test.ts');
