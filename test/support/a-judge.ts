import { createAccess } from '../../local/policy/access.ts';
import type { Access } from '../../local/policy/access.ts';
import type { Judge } from '../../local/policy/actor.ts';

/** Judges calls by the policies that a test defines. */
export function aJudge(): Judge & Pick<Access, 'definePolicy' | 'defineRole' | 'defineTrust'> {
  const access = createAccess({ accountId: '000000000000', log: undefined, record: undefined });
  return {
    ...access,
    isAllowed: (principal, action, resourceArn, context = {}) =>
      access.judge(principal, action, resourceArn, context).decision === 'allowed',
    explain: (principal, action, resourceArn, context = {}) =>
      access.explain(access.judge(principal, action, resourceArn, context)),
  };
}
