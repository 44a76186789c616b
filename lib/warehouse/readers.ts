import type { WarehouseStep } from '../../business-logic/shared/warehouse-statements.ts';

/** Group of the users that may read everything but what is restricted. */
export const readers = 'report_readers';

/** Group of those that may read what is restricted as well. */
export const restrictedReaders = 'restricted_report_readers';

/**
 * Groups, and the users that IAM roles become when they ask the Data API. A user is made before its role asks for the first
 * time, so that it finds what it may read.
 */
export const readerSteps: readonly WarehouseStep[] = [
  group(readers),
  group(restrictedReaders),
  user('REPORT_USER', [readers]),
  user('RESTRICTED_USER', [readers, restrictedReaders]),
];

function group(name: string): WarehouseStep {
  return {
    name: `group ${name}`,
    unless: `SELECT groname FROM pg_group WHERE groname = '${name}'`,
    statements: [`CREATE GROUP ${name}`],
  };
}

function user(placeholder: 'REPORT_USER' | 'RESTRICTED_USER', groups: readonly string[]): WarehouseStep {
  return {
    name: placeholder === 'REPORT_USER' ? 'user of the reports' : 'user of the restricted reports',
    unless: `SELECT usename FROM pg_user WHERE usename = \${${placeholder}}`,
    statements: [
      `CREATE USER "\${${placeholder}}" PASSWORD DISABLE`,
      ...groups.map((name) => `ALTER GROUP ${name} ADD USER "\${${placeholder}}"`),
    ],
  };
}
