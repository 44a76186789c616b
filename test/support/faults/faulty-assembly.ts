import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import { editedAssembly, setAt } from '../template-edit.ts';

/** A cloud assembly whose transform can be told to fail. */
export interface FaultyAssembly {
  readonly folder: string;
  /** Has the transform fail in a way that faulty-transform.mjs knows, at most so often. */
  order(fault: string, times: number): Promise<void>;
  /** Lets it work again. */
  relent(): Promise<void>;
  /** How often it has failed in this way. */
  strikes(fault: string): Promise<number>;
  remove(): Promise<void>;
}

/** Seconds that the transform is given: it need not be what it is deployed with to run out. */
const timeoutSeconds = 1;

export async function faultyAssembly(source: string): Promise<FaultyAssembly> {
  const orders = await temporaryFolder('faults');
  const [orderPath, strikesPath] = [join(orders, 'order'), join(orders, 'strikes')];
  await writeFile(orderPath, '');
  await writeFile(strikesPath, '');
  const folder = await editedAssembly(source, async (assembly) => {
    const transform = assembly.functionWith('UNDECLARED_EVENT_TYPES');
    setAt(transform, ['Properties', 'Timeout'], timeoutSeconds);
    setAt(transform, ['Properties', 'Environment', 'Variables', 'FAULT_ORDER'], orderPath);
    setAt(transform, ['Properties', 'Environment', 'Variables', 'FAULT_STRIKES'], strikesPath);
    const bundle = await assembly.bundlePath(transform);
    await rename(bundle, join(dirname(bundle), 'sound-transform.mjs'));
    await cp(join(import.meta.dirname, 'faulty-transform.mjs'), bundle);
  });
  return {
    folder,
    order: (fault, times) => writeFile(orderPath, `${fault} ${times}`),
    relent: () => writeFile(orderPath, ''),
    async strikes(fault) {
      const lines = (await readFile(strikesPath, 'utf8')).split('\n');
      return lines.filter((line) => line === fault).length;
    },
    async remove() {
      await removeFolder(folder);
      await removeFolder(orders);
    },
  };
}
