import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdminClient, type AdminClient } from '../../cli/admin-client.ts';
import { createAdminProgram } from '../../cli/admin-program.ts';
import { lengthOfTime } from '../../cli/option-values.ts';
import { startFakeApi, type FakeAnswer, type FakeApi } from '../support/fake-api.ts';

const application = { ApplicationId: 'a-1', ApplicationName: 'Moss', CreatedAt: '2026-11-20', UpdatedAt: '2026-11-20' };
const authorization = {
  ApiKeyId: 'k-1',
  ApiKeyName: 'ci',
  ApplicationId: 'a-1',
  Role: 'game',
  Enabled: true,
  CreatedAt: '2026-11-20',
  UpdatedAt: '2026-11-20',
};

let api: FakeApi;
let answer: FakeAnswer;
/** One after the other, instead of the one. */
let answers: object[];
let lines: string[];

beforeEach(async () => {
  lines = [];
  answers = [];
  api = await startFakeApi(() => {
    const next = answers.shift();
    return next === undefined ? answer : { status: 200, body: JSON.stringify(next) };
  });
});
afterEach(() => api.close());

async function run(...words: string[]): Promise<void> {
  const program = createAdminProgram({
    connect: () =>
      createAdminClient(`${api.url}/live`, {
        region: 'eu-central-1',
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
      }),
    print: (line) => lines.push(line),
  });
  await program.parseAsync(['node', 'admin', ...words]);
}

const says = (body: object, status = 200) => {
  answer = { status, body: JSON.stringify(body) };
};

describe('npm run admin', () => {
  it.each([
    [['list-applications'], 'GET', '/live/applications', { Applications: [application], Count: 1 }],
    [['get-application', 'a-1'], 'GET', '/live/applications/a-1', application],
    [['create-application', 'Moss', '--description', 'green'], 'POST', '/live/applications', application],
    [['delete-application', 'a/1'], 'DELETE', '/live/applications/a%2F1', {}],
    [
      ['list-authorizations', 'a-1'],
      'GET',
      '/live/applications/a-1/authorizations',
      { Authorizations: [authorization] },
    ],
    [['get-authorization', 'a-1', 'k-1'], 'GET', '/live/applications/a-1/authorizations/k-1', authorization],
    [['create-authorization', 'a-1', 'ci'], 'POST', '/live/applications/a-1/authorizations', authorization],
    [['enable-authorization', 'a-1', 'k-1'], 'PUT', '/live/applications/a-1/authorizations/k-1', authorization],
    [['disable-authorization', 'a-1', 'k-1'], 'PUT', '/live/applications/a-1/authorizations/k-1', authorization],
    [
      ['change-authorization', 'a-1', 'k-1', '--class', 'server'],
      'PUT',
      '/live/applications/a-1/authorizations/k-1',
      authorization,
    ],
    [
      ['rotate-authorization', 'a-1', 'k-1'],
      'POST',
      '/live/applications/a-1/authorizations/k-1/rotate',
      { ...authorization, Replaced: authorization },
    ],
    [['delete-authorization', 'a-1', 'k-1'], 'DELETE', '/live/applications/a-1/authorizations/k-1', {}],
  ])('%j calls its route, signed', async (words, method, path, body) => {
    says(body);
    await run(...words);
    const [request] = api.requests;
    expect(request).toMatchObject({ method, path });
    expect(request!.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(lines.length).toBeGreaterThan(0);
  });

  it('sends what the routes take', async () => {
    says({ ...application, ...authorization });
    await run('create-application', 'Moss', '--description', 'green');
    await run('disable-authorization', 'a-1', 'k-1');
    await run('enable-authorization', 'a-1', 'k-1');
    await run('create-authorization', '_accounts', 'Moss', '--role', 'studio', '--studio-id', 'moss');
    await run('create-authorization', '_accounts', 'us', '--role', 'publisher', '--description', 'imports');
    await run('create-authorization', 'a-1', 'us', '--class', 'server', '--expires', '2027-01-01');
    await run('change-authorization', 'a-1', 'k-1', '--class', 'client', '--expires', 'never');
    expect(api.requests.map((request) => JSON.parse(request.body))).toEqual([
      { Name: 'Moss', Description: 'green' },
      { Enabled: false },
      { Enabled: true },
      { Name: 'Moss', Role: 'studio', StudioId: 'moss' },
      { Name: 'us', Role: 'publisher', Description: 'imports' },
      { Name: 'us', Class: 'server', ExpiresAt: '2027-01-01' },
      { Class: 'client', ExpiresAt: null },
    ]);
  });

  it('replaces a token, and says how long the old one works', async () => {
    const Replaced = { ...authorization, ExpiresAt: '2026-12-01T00:00:00.000Z' };
    says({ ...authorization, ApiKeyId: 'k-2', ApiKeyValue: 'plk_new', Replaced }, 201);
    await run('rotate-authorization', 'a-1', 'k-1', '--overlap', '12h', '--expires', 'never');
    expect(JSON.parse(api.requests[0]!.body)).toEqual({ OverlapSeconds: 43_200, ExpiresAt: null });
    expect(lines.join('\n')).toMatch(/k-2.*\n.*k-1[^]*plk_new\nthe old one works until 2026-12-01T00:00:00.000Z, /);
    expect(() => lengthOfTime('12 hours')).toThrow('e.g. 90s');
    expect(['90s', '30m', '7d'].map(lengthOfTime)).toEqual([90, 1_800, 604_800]);
  });

  it("gives every game's token its limits again, and leaves others alone", async () => {
    const { Role: _role, ...studio } = { ...authorization, ApiKeyId: 'k-3' };
    answers = [
      { Applications: [application] },
      { Authorizations: [{ ...authorization, Class: 'server' }, studio] },
      { ...authorization, Class: 'server' },
    ];
    await run('repair-limits');
    expect(api.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/live/applications', ''],
      ['GET', '/live/applications/a-1/authorizations', ''],
      ['PUT', '/live/applications/a-1/authorizations/k-1', '{"Class":"server"}'],
    ]);
    expect(lines).toEqual(['1 token has the limits of its application']);
  });

  it('shows a new token once, as text and in JSON', async () => {
    says({ ...authorization, ApiKeyValue: 'plk_token' });
    await run('create-authorization', 'a-1', 'ci');
    expect(lines.join('\n')).toMatch(/shown this once.*plk_token$/);
    lines = [];
    await run('--json', 'create-authorization', 'a-1', 'ci');
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ ApiKeyId: 'k-1', ApiKeyValue: 'plk_token' });
  });

  it('shows a list as a table', async () => {
    says({ Applications: [{ ...application, StudioId: 'fern' }], Count: 1 });
    await run('list-applications');
    expect(lines[0]).toMatch(/ApplicationId.*\n.*\n.*a-1 +│ Moss +│ fern/);
    says({ Authorizations: [{ ...authorization, Role: 'studio', StudioId: 'fern' }], Count: 1 });
    await run('list-authorizations', '_accounts');
    expect(lines[1]).toMatch(/Role.*StudioId.*\n.*\n.*studio +│ fern/);
  });

  it('passes on what the API says is wrong', async () => {
    says({ error: 'NotFound', error_detail: 'application a-9 does not exist' }, 404);
    await expect(run('get-application', 'a-9')).rejects.toThrow(
      'GET /applications/a-9 was answered with 404 (NotFound: application a-9 does not exist)',
    );
    says({ message: 'Missing Authentication Token' }, 403);
    await expect(run('list-applications')).rejects.toThrow(/403 \(Missing Authentication Token\)/);
  });

  it('has the warehouse set up, and tells how far that is until it is done', async () => {
    const setup = { SetupId: 's-1', Statements: 58 };
    const answers = [
      { ...setup, Status: 'RUNNING', StatementsDone: 0 },
      { ...setup, Status: 'RUNNING', StatementsDone: 0 },
      { ...setup, Status: 'RUNNING', StatementsDone: 40 },
      { ...setup, Status: 'SUCCEEDED', StatementsDone: 58 },
    ];
    const asked: (string | undefined)[] = [];
    const program = (end: object) =>
      createAdminProgram({
        connect: () =>
          ({
            setUpWarehouse: async (id?: string) => {
              asked.push(id);
              return answers.shift() ?? end;
            },
          }) as AdminClient,
        print: (line) => lines.push(line),
        wait: async () => undefined,
      });
    await program({}).parseAsync(['node', 'admin', 'setup-warehouse']);
    expect(asked).toEqual([undefined, 's-1', 's-1', 's-1']);
    expect(lines).toEqual([
      'setup s-1: RUNNING, 0 of 58',
      'setup s-1: RUNNING, 40 of 58',
      'setup s-1: SUCCEEDED, 58 of 58',
    ]);
    const failed = { ...setup, Status: 'FAILED', StatementsDone: 3, Error: 'views: no' };
    await expect(program(failed).parseAsync(['node', 'admin', 'setup-warehouse'])).rejects.toThrow('views: no');
  });
});
