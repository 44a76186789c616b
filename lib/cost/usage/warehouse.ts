import type { PipelineConfig } from '../../../config/schema.ts';
import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import type { Usage } from '../bill-line.ts';
import { deployed } from '../deployed.ts';
import { measured } from '../measured.ts';
import { reportBytes } from '../report-bytes.ts';
import { gigabyte, redshiftSeconds } from '../rounding.ts';
import { monthDays, monthSeconds } from '../traffic.ts';
import { functionUsage } from './function-usage.ts';
import { rawFiles } from './raw-files.ts';

const part = 'reports';
const service = 'Redshift';

/** The capacity for which speeds are assumed. */
const assumedRpus = 4;

/** DATA_STACK REDSHIFT: loads, the live view, reports, and what stands around them. */
export function warehouseUsage(input: BillInput): PartOfBill {
  const loads = loadsOf(input);
  const awake = awakeSeconds(input, loads);
  const hours = awake.live + awake.loads + awake.reports;
  const allowed = allowedSeconds(input.config);
  // What the day's limit leaves: loads come first, all day long.
  const share = Math.min(1, allowed / hours);
  const billed = (seconds: number): number => (seconds * share * input.config.REDSHIFT_BASE_RPU) / 3_600;
  const price = input.prices.redshiftRpuHours;
  return {
    usage: [
      { part, service, what: 'live view', quantity: billed(awake.live), price },
      { part, service, what: 'loads', quantity: billed(awake.loads), price },
      { part, service, what: 'reports', quantity: billed(awake.reports), price },
      storedUsage(input),
      ...loadUsage(input, loads),
    ],
    warnings: share < 1 ? [limitWarning(input.config, hours)] : [],
  };
}

interface Loads {
  /** Executions, those that find nothing included. */
  readonly executions: number;
  /** Those that load something. */
  readonly loading: number;
  /** Seconds of one that does. */
  readonly seconds: number;
}

function loadsOf({ config, traffic }: BillInput): Loads {
  const executions = monthSeconds / (config.WAREHOUSE_LOAD_MINUTES * 60);
  const loading = Math.min(executions, rawFiles({ config, traffic }));
  const { seconds, rowsPerSecond } = assumed.warehouseLoad;
  const rows = traffic.events / loading;
  return { executions, loading, seconds: seconds + (rows / rowsPerSecond) * (assumedRpus / config.REDSHIFT_BASE_RPU) };
}

interface AwakeSeconds {
  readonly live: number;
  readonly loads: number;
  readonly reports: number;
}

/** Each load and each report finds the warehouse asleep, until it no longer sleeps at all. */
function awakeSeconds(input: BillInput, { loading, seconds }: Loads): AwakeSeconds {
  const { config, load } = input;
  // The view that refreshes itself never lets it sleep; whatever else is asked costs nothing more.
  if (config.LIVE_WAREHOUSE_VIEW) return { live: monthSeconds, loads: 0, reports: 0 };
  const loads = Math.min(monthSeconds, loading * redshiftSeconds(seconds));
  const asked = load.reportRuns * redshiftSeconds(reportSeconds(input));
  return { live: 0, loads, reports: Math.min(monthSeconds - loads, asked) };
}

function reportSeconds(input: BillInput): number {
  const { seconds, bytesPerSecond } = assumed.warehouseReport;
  return seconds + (reportBytes(input) / bytesPerSecond) * (assumedRpus / input.config.REDSHIFT_BASE_RPU);
}

/** Seconds of a month for which the day's limit lets the warehouse compute. */
const allowedSeconds = ({ REDSHIFT_USAGE_LIMIT_RPU_HOURS, REDSHIFT_BASE_RPU }: PipelineConfig): number =>
  (REDSHIFT_USAGE_LIMIT_RPU_HOURS / REDSHIFT_BASE_RPU) * 3_600 * monthDays;

function limitWarning(config: PipelineConfig, seconds: number): string {
  const needed = Math.ceil(((seconds / 3_600) * config.REDSHIFT_BASE_RPU) / monthDays);
  return (
    `REDSHIFT_USAGE_LIMIT_RPU_HOURS is ${config.REDSHIFT_USAGE_LIMIT_RPU_HOURS}; this load takes ${needed} RPU hours a day, ` +
    'so that the warehouse stops before the day is over'
  );
}

function storedUsage({ config, load, prices, traffic }: BillInput): Usage {
  const days = Math.min(config.HOT_DAYS, load.months * monthDays);
  const bytes = traffic.events * load.eventBytes * measured.parquetBytesPerByte.eventsSnappy * (days / monthDays);
  return { part, service, what: 'storage', quantity: bytes / gigabyte, price: prices.redshiftStorage };
}

function loadUsage(input: BillInput, { executions, loading, seconds }: Loads): readonly Usage[] {
  const { prices } = input;
  const files = rawFiles(input);
  const looks = Math.ceil(seconds / deployed.lookSeconds);
  const { loads, perLook, empty } = deployed.loadStates;
  const transitions = loading * (loads + perLook * looks) + (executions - loading) * empty;
  return [
    { part, service: 'Step Functions', what: 'loads', quantity: transitions, price: prices.stateTransitions },
    { part, service: 'EventBridge', what: 'raw files', quantity: files, price: prices.busEvents },
    { part, service: 'EventBridge', what: 'schedule of loads', quantity: executions, price: prices.scheduledCalls },
    // Sent one by one; taken and deleted one by one at the worst.
    { part, service: 'SQS', what: 'raw files', quantity: 3 * files + executions, price: prices.queueRequests },
    ...functionUsage(
      {
        part,
        name: 'loader',
        count: executions + loading * (looks + 3),
        milliseconds: 10 * assumed.lookupMilliseconds,
        megabytes: deployed.memory.other,
      },
      prices,
    ),
  ];
}
