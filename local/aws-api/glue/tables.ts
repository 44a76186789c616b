import { AwsError } from '../../runtime.ts';
import type { Catalog, Clock, GlueTable, ObjectStore } from '../../runtime.ts';
import type { JsonAction } from '../protocol.ts';
import { createIcebergTable } from './iceberg-table.ts';
import { findTable, nameInput } from './inputs.ts';

type Input = Readonly<Record<string, unknown>>;

/**
 * The Glue actions that change databases and tables, as Iceberg's own catalog client uses them: a commit moves
 * `metadata_location` with an UpdateTable that names the version it read. Of earlier versions nothing is kept, as with
 * `SkipArchive`.
 */
export function tableChangeActions(
  catalog: Catalog,
  { objects, accountId, clock }: TableChangeOptions,
): Readonly<Record<string, JsonAction>> {
  return {
    CreateDatabase: async (input, request) => {
      const given = objectOf(input.DatabaseInput);
      const name = nameInput(given, 'Name');
      request.authorize('glue:CreateDatabase', `database/${name}`);
      await catalog.createDatabase(name, { ...given, CatalogId: accountId });
      return {};
    },
    DeleteDatabase: async (input, request) => {
      const name = nameInput(input, 'Name');
      request.authorize('glue:DeleteDatabase', `database/${name}`);
      if (!(await catalog.deleteDatabase(name))) {
        throw new AwsError('EntityNotFoundException', `Database ${name} not found, or the template's.`);
      }
      return {};
    },
    CreateTable: async (input, request) => {
      const database = nameInput(input, 'DatabaseName');
      const open = input.OpenTableFormatInput;
      // An Iceberg table may be named beside its input, which then may be missing.
      const given = open === undefined ? tableInput(input) : objectOf(input.TableInput ?? {});
      const name = nameInput('Name' in given ? given : input, 'Name');
      request.authorize('glue:CreateTable', `table/${database}/${name}`);
      if (catalog.table(database, name)) throw new AwsError('AlreadyExistsException', 'Table already exists.');
      const definition =
        open === undefined ? given : await createIcebergTable({ objects, clock }, objectOf(open), given);
      await catalog.createTable(database, { ...definition, Name: name, CatalogId: accountId });
      return {};
    },
    UpdateTable: async (input, request) => {
      const given = tableInput(input);
      const table = findTable(catalog, { ...input, Name: nameInput(given, 'Name') }, request, 'UpdateTable');
      if (input.VersionId !== undefined && input.VersionId !== table.VersionId) {
        throw new AwsError('ConcurrentModificationException', 'Update table failed due to concurrent modifications.');
      }
      // Nothing is awaited between the look at the version and the change, so that of two with the same one is refused.
      await catalog.updateTable(table.DatabaseName, { ...given, CatalogId: table.CatalogId });
      return {};
    },
    DeleteTable: async (input, request) => {
      const table = findTable(catalog, input, request, 'DeleteTable');
      await catalog.deleteTable(table.DatabaseName, table.Name);
      return {};
    },
    GetTableVersions: async (input, request) => ({
      TableVersions: [versionOf(findTable(catalog, input, request, 'GetTableVersions'))],
    }),
    GetTableVersion: async (input, request) => {
      const table = findTable(catalog, input, request, 'GetTableVersion');
      if (input.VersionId !== undefined && input.VersionId !== table.VersionId) {
        throw new AwsError('EntityNotFoundException', `Version ${String(input.VersionId)} is not kept.`);
      }
      return { TableVersion: versionOf(table) };
    },
  };
}

export interface TableChangeOptions {
  /** Where the first metadata of an Iceberg table is written. */
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly accountId: string;
  readonly clock: Clock;
}

function versionOf(table: GlueTable): Record<string, unknown> {
  return { Table: table, VersionId: table.VersionId };
}

function tableInput(input: Input): Input {
  if (input.TableInput === undefined) throw new AwsError('InvalidInputException', 'TableInput is missing');
  return objectOf(input.TableInput);
}

function objectOf(value: unknown): Input {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('InvalidInputException', 'a structure is missing');
  }
  return value as Input;
}
