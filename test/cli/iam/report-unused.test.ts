import { describe, expect, it } from 'vitest';
import { reportUnused } from '../../../cli/iam/report-unused.ts';
import { statementUse } from '../../../cli/iam/statement-use.ts';
import type { DefinedStatement, RecordedDecision } from '../../../local/policy/decision-record.ts';

const statement = (id: string, Action: string[], Resource: string[]): DefinedStatement => ({
  id,
  kind: 'identity',
  of: 'arn:role',
  origin: `app/Policy[${id}]`,
  statement: { Effect: 'Allow', Action, Resource },
});
const call = (action: string, ...ids: string[]): RecordedDecision => ({
  principal: 'arn:role',
  action,
  resource: 'r1',
  context: {},
  decision: 'allowed',
  by: ids.map((id) => ({ id, action, resource: 'r1' })),
});

describe('unused statements', () => {
  const statements = [
    statement('used', ['s3:Get'], ['r1']),
    statement('wide', ['s3:Put', 's3:Abort'], ['r1', 'r2']),
    statement('idle', ['sns:Publish'], ['r1']),
    statement('double', ['s3:Get'], ['r1']),
  ];
  const decisions = [call('s3:Get', 'used'), call('s3:Get', 'used', 'double'), call('s3:Put', 'wide')];

  it('are those that no call needed, and those that another one makes needless', () => {
    const { problems, notes } = reportUnused(statementUse({ statements, decisions }), []);
    expect(problems).toEqual([
      'app/Policy[double]: every call it allows, another statement allows too: s3:Get on r1',
      'app/Policy[idle]: no recorded call needed it: sns:Publish on r1',
    ]);
    expect(notes).toEqual([
      'app/Policy[wide]: no recorded call needed s3:Abort',
      'app/Policy[wide]: no recorded call needed it on r2',
    ]);
  });

  it('may have a reason; one that excuses nothing is told', () => {
    const because = { reason: 'nothing stands in for it', source: 'a page' };
    const { problems, notes } = reportUnused(statementUse({ statements, decisions }), [
      { role: /idle/, ...because },
      { role: /double/, ...because },
      { role: /used/, ...because },
    ]);
    expect(problems).toEqual([]);
    expect(notes).toContain('a reason excuses nothing here: /used/');
  });
});
