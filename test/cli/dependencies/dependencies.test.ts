import { describe, expect, it } from 'vitest';
import { lockProblems, type LockedPackage } from '../../../cli/dependencies/lock-problems.ts';
import { readAudit } from '../../../cli/dependencies/read-audit.ts';

const good: LockedPackage = { integrity: 'sha512-x', license: 'MIT' };
const lock = (one: LockedPackage) => ({ packages: { '': {}, 'node_modules/one': one } });

const problemsOf = (name: string, license: string) =>
  lockProblems({}, { packages: { [`node_modules/${name}`]: { ...good, license } } });

describe('dependencies', () => {
  it('are as they have to be where each is pinned, hashed and free', () => {
    expect(lockProblems({ dependencies: { one: '1.2.3', two: '1.5.5-r.5' } }, lock(good))).toEqual([]);
    expect(lockProblems({ allowScripts: { one: true } }, lock({ ...good, hasInstallScript: true }))).toEqual([]);
    expect(lockProblems({}, lock({ ...good, dev: true, license: 'MPL-2.0' }))).toEqual([]);
  });

  it('may be under another licence where they build what is shipped and are in none of it', () => {
    expect(problemsOf('lightningcss-linux-x64-gnu', 'MPL-2.0')).toEqual([]);
    expect(problemsOf('lightningcss', 'GPL-3.0')).toHaveLength(1);
    expect(problemsOf('lightningcss2', 'MPL-2.0')).toHaveLength(1);
  });

  it.each(['^1.2.3', '~1.2.3', '*', 'latest', '1.x', 'file:../one', 'https://example.com/one.tgz'])(
    'may not be %s',
    (version) => {
      expect(lockProblems({ devDependencies: { one: version } }, lock(good))).toEqual([
        `package.json: one is ${version}; give one exact version`,
      ]);
    },
  );

  it.each<readonly [string, LockedPackage, RegExp]>([
    ['an address', { ...good, resolved: 'https://example.com/one.tgz' }, /names an address/],
    ['no hash', { license: 'MIT' }, /has no SHA-512/],
    ['a weak hash', { ...good, integrity: 'sha1-x' }, /has no SHA-512/],
    ['an install script', { ...good, hasInstallScript: true }, /allowScripts does not name/],
    ['a licence that asks for more', { ...good, license: 'AGPL-3.0' }, /AGPL-3\.0/],
    ['no licence', { integrity: 'sha512-x' }, /licence of nobody/],
  ])('may not have %s', (_what, one, problem) => {
    const problems = lockProblems({}, lock(one));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

const found = (severity: string) => ({
  vulnerabilities: { one: { severity, range: '<2', via: [{ title: 'a hole', url: 'https://example.com/1' }, 'two'] } },
});

describe('the audit', () => {
  it('fails for what is high or critical, and for nothing less', () => {
    expect(readAudit(JSON.stringify(found('high')))).toEqual({
      kind: 'found',
      lines: ['one <2 (high): a hole https://example.com/1; through two'],
    });
    expect(readAudit(JSON.stringify(found('critical'))).kind).toBe('found');
    expect(readAudit(JSON.stringify(found('moderate')))).toEqual({ kind: 'clean' });
    expect(readAudit('{"vulnerabilities":{}}')).toEqual({ kind: 'clean' });
  });

  it('says why there is none, and does not call that clean', () => {
    const message = '405 Method Not Allowed';
    expect(readAudit(JSON.stringify({ message, statusCode: 405 }))).toEqual({ kind: 'not to be had', reason: message });
    expect(readAudit('{"error":{"summary":"no network"}}')).toEqual({ kind: 'not to be had', reason: 'no network' });
    expect(readAudit('')).toEqual({ kind: 'not to be had', reason: 'npm gave no report' });
  });
});
