import { download } from '../fetch/download.ts';
import type { Engine } from '../fetch/engine.ts';
import { CommandFailed, runCommand } from '../fetch/run-command.ts';

/** The AWS CLI as the machine has it, else Debian's. */
export const awsCli: Engine = {
  name: 'AWS CLI',
  version: 'installed',
  folder: 'aws-cli',
  source: 'the PATH, else the package awscli',
  ownedByMachine: true,
  async fetch() {
    if (await isInstalled()) return;
    if (process.getuid?.() !== 0) throw new Error('there is no `aws` in the PATH, and only root can install awscli');
    await download('awscli', async () => {
      await runCommand('apt-get', ['update', '--quiet']);
      await runCommand('apt-get', ['install', '--quiet', '--yes', '--no-install-recommends', 'awscli']);
    });
    if (!(await isInstalled())) throw new Error('awscli is installed, and still there is no `aws` in the PATH');
  },
};

async function isInstalled(): Promise<boolean> {
  try {
    await runCommand('aws', ['--version']);
    return true;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}
