import { fillStatement } from '../../business-logic/shared/warehouse-statements.ts';

/** A statement of the warehouse as Redshift is sent it, its placeholders filled with something; parameters become texts. */
export function sampleStatement(statement: string): string {
  const filled = fillStatement(statement, {
    ROLE_ARN: 'arn:aws:iam::123456789012:role/reader',
    RESTRICTED_ROLE_ARN: 'arn:aws:iam::123456789012:role/restricted-reader',
    MANIFEST: 's3://lake/state/warehouse-load/run/manifest.json',
    BOUNDARY: '2026-03-01',
    DATABASE: 'playlake',
    REPORT_USER: 'IAMR:reports',
    RESTRICTED_USER: 'IAMR:restricted-reports',
    STREAM: 'playlake-events',
    FILES: ['raw_events/ingest_date=2026-03-10/a.parquet', 'raw_events/ingest_date=2026-03-10/b.parquet'],
  });
  return filled.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|:([a-z][a-z0-9_]*)/g, (token, name?: string) =>
    name === undefined ? token : `'${name}'`,
  );
}
