import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { accountsApplicationId } from '../business-logic/shared/reserved-applications.ts';
import { roles } from '../business-logic/shared/roles.ts';
import { tokenClasses } from '../business-logic/shared/token-classes.ts';
import type {
  AdminClient,
  Application,
  Authorization,
  AuthorizationChange,
  AuthorizationDetails,
  RotationDetails,
  WarehouseSetup,
} from './admin-client.ts';
import { withApiOptions, type DeploymentOptions } from './deployment.ts';
import { formatTable } from './format-table.ts';
import { lengthOfTime } from './option-values.ts';
import { UsageError } from './run-cli.ts';

/** What the command line needs from outside. */
export interface AdminDeps {
  connect(options: DeploymentOptions): AdminClient;
  print(line: string): void;
  /** Between two looks at something that takes long; default: real time. */
  wait?(milliseconds: number): Promise<unknown>;
}

const classes = tokenClasses.join(' or ');

const expiryForms = 'a day (2027-01-01) or a time (2027-01-01T12:00:00Z)';

interface RotationOptions {
  readonly overlap?: number;
  readonly expires?: string;
}

/** `never` is null to the API; what is left out stays away. */
const expiry = (expires: string | undefined): { readonly expires?: string | null } =>
  expires === undefined ? {} : { expires: expires === 'never' ? null : expires };

const tokenLine = ({ ApiKeyValue }: Authorization): string =>
  `token (shown this once, only its digest is kept): ${ApiKeyValue}`;

interface AdminOptions extends DeploymentOptions {
  readonly json?: boolean;
}

/** `npm run admin -- …`: applications and their tokens, over the signed admin API. */
export function createAdminProgram({ connect, print, wait = delay }: AdminDeps): Command {
  const program = withApiOptions(new Command('admin'))
    .description('Registers games and makes tokens: signed calls to the admin API, on a laptop or on AWS.')
    .option('--json', 'print what the API answered')
    .showHelpAfterError();
  const options = () => program.opts<AdminOptions>();
  const client = () => connect(options());

  const show = (value: object | readonly object[], asText: () => string) =>
    print(options().json ? JSON.stringify(value, null, 2) : asText());
  const showApplications = (value: Application | readonly Application[]) =>
    show(value, () => applicationTable([value].flat() as Application[]));
  const showAuthorizations = (value: Authorization | readonly Authorization[]) =>
    show(value, () => authorizationTable([value].flat() as Authorization[]));

  program.command('list-applications').action(async () => showApplications(await client().listApplications()));

  program
    .command('get-application')
    .argument('<application-id>')
    .action(async (id: string) => showApplications(await client().getApplication(id)));

  program
    .command('create-application')
    .argument('<name>', 'what people call the game')
    .option('--description <text>')
    .action(async (name: string, { description }: { description?: string }) => {
      const application = await client().createApplication(name, description);
      showApplications(application);
      if (!options().json) print(`next: npm run admin -- create-authorization ${application.ApplicationId} <name>`);
    });

  program
    .command('delete-application')
    .description('deletes the application and its authorizations; its events stay in the lake')
    .argument('<application-id>')
    .action(async (id: string) => {
      await client().deleteApplication(id);
      print(`application ${id} and its authorizations are deleted`);
    });

  program
    .command('list-authorizations')
    .argument('<application-id>')
    .action(async (id: string) => showAuthorizations(await client().listAuthorizations(id)));

  program
    .command('get-authorization')
    .argument('<application-id>')
    .argument('<api-key-id>')
    .action(async (id: string, keyId: string) => showAuthorizations(await client().getAuthorization(id, keyId)));

  program
    .command('create-authorization')
    .description(
      `makes a token: for the events of an application or, under ${accountsApplicationId}, for a studio or the publisher`,
    )
    .argument('<application-id>', `${accountsApplicationId} for the roles studio and publisher`)
    .argument('<name>', 'what the token is for')
    .option('--description <text>')
    .option('--role <role>', `one of ${roles.join(', ')} (default: game)`)
    .option('--studio-id <id>', 'the studio whose reports a token of the role studio reads')
    .option('--class <class>', `of a game's token: ${classes} (default: client)`)
    .option('--expires <time>', `${expiryForms} (default: never)`)
    .action(async (id: string, name: string, details: AuthorizationDetails) => {
      const created = await client().createAuthorization(id, name, details);
      showAuthorizations(created);
      if (!options().json) print(tokenLine(created));
    });

  program
    .command('rotate-authorization')
    .description('makes a token like this one, which goes on working for the overlap and then expires')
    .argument('<application-id>')
    .argument('<api-key-id>')
    .option(
      '--overlap <time>',
      'how long the old token goes on working, e.g. 90s, 12h, 30d (default: 7d)',
      lengthOfTime,
    )
    .option('--expires <time>', `when the new token does: ${expiryForms}, or never`)
    .action(async (id: string, keyId: string, { overlap, expires }: RotationOptions) => {
      const details: RotationDetails = {
        ...(overlap !== undefined && { overlapSeconds: overlap }),
        ...expiry(expires),
      };
      const { Replaced, ...made } = await client().rotateAuthorization(id, keyId, details);
      show({ ...made, Replaced }, () => authorizationTable([made, Replaced]));
      if (!options().json)
        print(
          `${tokenLine(made)}\nthe old one works until ${Replaced.ExpiresAt}, and for as long as the gateway remembers it`,
        );
    });

  program
    .command('change-authorization')
    .description("gives a token another end, or a game's token the limits of another class")
    .argument('<application-id>')
    .argument('<api-key-id>')
    .option('--class <class>', classes)
    .option('--expires <time>', `${expiryForms}, or never`)
    .action(async (id: string, keyId: string, given: { class?: string; expires?: string }) => {
      const change: AuthorizationChange = { ...given, ...expiry(given.expires) };
      if (Object.keys(change).length === 0) throw new UsageError('say what to change: --class or --expires');
      showAuthorizations(await client().changeAuthorization(id, keyId, change));
    });

  program
    .command('repair-limits')
    .description("gives every token its application's own limits: for those from before there were any")
    .argument('[application-id]', 'of this application alone')
    .action(async (id: string | undefined) => {
      const repaired = await repairLimits(client(), id);
      show({ Repaired: repaired }, () =>
        repaired === 1
          ? '1 token has the limits of its application'
          : `${repaired} tokens have the limits of their applications`,
      );
    });

  for (const [word, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    program
      .command(`${word}-authorization`)
      .argument('<application-id>')
      .argument('<api-key-id>')
      .action(async (id: string, keyId: string) => showAuthorizations(await client().setEnabled(id, keyId, enabled)));
  }

  program
    .command('delete-authorization')
    .argument('<application-id>')
    .argument('<api-key-id>')
    .action(async (id: string, keyId: string) => {
      await client().deleteAuthorization(id, keyId);
      print(`authorization ${keyId} is deleted`);
    });

  program
    .command('setup-warehouse')
    .description('makes what the warehouse lacks, and waits until that is done (DATA_STACK REDSHIFT)')
    .action(async () => {
      const done = await untilSetUp(client(), (setup) => !options().json && print(setupLine(setup)), wait);
      if (options().json) print(JSON.stringify(done, null, 2));
      if (done.Status === 'FAILED') throw new Error(`the warehouse is not set up: ${done.Error}`);
    });

  return program;
}

/** Says every game's token's class again, which makes its API key where that is missing; gives back how many there are. */
async function repairLimits(client: AdminClient, only: string | undefined): Promise<number> {
  const ids = only === undefined ? (await client.listApplications()).map((one) => one.ApplicationId) : [only];
  let repaired = 0;
  for (const id of ids) {
    for (const { ApiKeyId, Class } of await client.listAuthorizations(id)) {
      if (Class === undefined) continue;
      await client.changeAuthorization(id, ApiKeyId, { class: Class });
      repaired += 1;
    }
  }
  return repaired;
}

const pollMilliseconds = 1_000;

/** Has the warehouse set up and tells how far that is, whenever it is further. */
async function untilSetUp(
  client: AdminClient,
  tell: (setup: WarehouseSetup) => void,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<WarehouseSetup> {
  let setup = await client.setUpWarehouse();
  tell(setup);
  while (setup.Status === 'RUNNING') {
    await wait(pollMilliseconds);
    const next = await client.setUpWarehouse(setup.SetupId);
    if (next.Status !== setup.Status || next.StatementsDone !== setup.StatementsDone) tell(next);
    setup = next;
  }
  return setup;
}

const setupLine = ({ SetupId, Status, StatementsDone, Statements }: WarehouseSetup): string =>
  `setup ${SetupId}: ${Status}, ${StatementsDone} of ${Statements}`;

function applicationTable(applications: readonly Application[]): string {
  return formatTable(
    ['ApplicationId', 'ApplicationName', 'StudioId', 'Description', 'CreatedAt'],
    applications.map((one) => [one.ApplicationId, one.ApplicationName, one.StudioId, one.Description, one.CreatedAt]),
  );
}

function authorizationTable(authorizations: readonly Authorization[]): string {
  return formatTable(
    ['ApiKeyId', 'ApiKeyName', 'Role', 'StudioId', 'Class', 'Enabled', 'ExpiresAt', 'LastUsedDay', 'CreatedAt'],
    authorizations.map((one) => [
      one.ApiKeyId,
      one.ApiKeyName,
      one.Role,
      one.StudioId,
      one.Class,
      String(one.Enabled),
      one.ExpiresAt,
      one.LastUsedDay,
      one.CreatedAt,
    ]),
  );
}
