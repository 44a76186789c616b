import { describe, expect, it } from 'vitest';
import { Env, readEnv } from '../../../business-logic/shared/env.ts';

describe('readEnv', () => {
  it('gives the variables that were asked for and no others', () => {
    const source = { [Env.applicationsTable]: 'applications', [Env.maxEventAgeDays]: '400', HOME: '/root' };
    expect(readEnv(source, [Env.applicationsTable])).toEqual({ APPLICATIONS_TABLE: 'applications' });
  });

  it('names every variable that is missing or empty', () => {
    const source = { [Env.applicationsTable]: '' };
    const read = () => readEnv(source, [Env.applicationsTable, Env.corsOrigins]);
    expect(read).toThrow('APPLICATIONS_TABLE, CORS_ORIGINS');
  });
});
