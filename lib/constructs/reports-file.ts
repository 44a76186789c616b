import { fileURLToPath } from 'node:url';
import type { PipelineConfig } from '../../config/schema.ts';
import { apiReports, type ApiReport } from '../queries/api-reports.ts';
import { audiences, type Audience } from '../queries/read-query.ts';

const directory = fileURLToPath(new URL('../../athena-queries', import.meta.url));

/** The project's reports for an audience. */
export const reportsFor = (audience: Audience, { RAW_EVENTS_TABLE }: PipelineConfig): readonly ApiReport[] =>
  apiReports(directory, audience, RAW_EVENTS_TABLE);

/**
 * The reports of all audiences, of which a function takes its own: CDK bundles a folder once for a whole app, so that
 * files of one function would be laid beside the code of the other as well.
 */
export const reportsFile = (config: PipelineConfig): string =>
  JSON.stringify(audiences.flatMap((audience) => reportsFor(audience, config)).map(({ report }) => report));
