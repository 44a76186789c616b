import { join } from 'node:path';
import { pythonEnvironment } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';

const version = '30.30.0';

/** A second parser of Redshift's dialect, in a virtual environment of its own. */
export const sqlglot: Engine = {
  name: 'sqlglot',
  version,
  folder: 'sqlglot',
  source: 'the Python package index',
  async fetch(directory) {
    await pythonEnvironment(join(directory, 'venv'), [`sqlglot==${version}`]);
  },
};
