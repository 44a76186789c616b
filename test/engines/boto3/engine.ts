import { join } from 'node:path';
import { pythonEnvironment } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';

const version = '1.44.5';

/** AWS's SDK for Python, in a virtual environment of its own, with a parser of OpenMetrics. */
export const boto3: Engine = {
  name: 'boto3',
  version,
  folder: 'boto3',
  source: 'the Python package index',
  definedBy: [import.meta.filename],
  async fetch(directory) {
    await pythonEnvironment(join(directory, 'venv'), [`boto3==${version}`, 'prometheus-client==0.26.0']);
  },
};
