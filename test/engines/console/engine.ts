import { download } from '../fetch/download.ts';
import type { Engine } from '../fetch/engine.ts';
import { CommandFailed, runCommand } from '../fetch/run-command.ts';

/** Chromium as the machine has it, else Debian's. */
export const chromium: Engine = {
  name: 'Chromium',
  version: 'installed',
  folder: 'console',
  source: 'the PATH, else the package chromium',
  ownedByMachine: true,
  async fetch() {
    if (await isInstalled()) return;
    if (process.getuid?.() !== 0) throw new Error('there is no `chromium` in the PATH, and only root can install it');
    await download('chromium', async () => {
      await runCommand('apt-get', ['update', '--quiet']);
      await runCommand('apt-get', [
        'install',
        '--quiet',
        '--yes',
        '--no-install-recommends',
        'chromium',
        'fonts-dejavu-core',
      ]);
    });
    if (!(await isInstalled())) throw new Error('chromium is installed, and still there is no `chromium` in the PATH');
  },
};

async function isInstalled(): Promise<boolean> {
  try {
    await runCommand('chromium', ['--version']);
    return true;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}
