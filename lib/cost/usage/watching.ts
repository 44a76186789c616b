import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import { deployed } from '../deployed.ts';
import { measured } from '../measured.ts';
import { gigabyte } from '../rounding.ts';
import { monthDays } from '../traffic.ts';

const part = 'watching and keys';

/** Alarms, metrics, the dashboard, logs that are kept; keys and secrets. */
export function watchingUsage({ config, load, prices, traffic }: BillInput): PartOfBill {
  const redshift = config.DATA_STACK === 'REDSHIFT';
  const { alarmMetrics, secrets } = deployed;
  const alarms =
    alarmMetrics.always +
    (config.INGEST_MODE === 'KINESIS_DATA_STREAMS' ? alarmMetrics.kinesis : 0) +
    (redshift ? alarmMetrics.redshift : 0);
  const logged =
    traffic.requests * (measured.accessLogBytes + assumed.logLineBytes) +
    traffic.transforms * assumed.invocationLogBytes;
  const kept = Math.min(load.months, config.CLOUDWATCH_RETENTION_DAYS / monthDays);
  const own = assumed.ownMetrics.always + assumed.ownMetrics.reasons + assumed.gatewayMetrics;
  const one = (service: string, what: string, quantity: number, price: keyof typeof prices) => ({
    part: part as typeof part,
    service,
    what,
    quantity,
    price: prices[price],
  });
  return {
    usage: [
      one('CloudWatch', 'logs kept', (logged * kept) / gigabyte, 'logsStored'),
      one('CloudWatch', 'metrics of our own', own, 'customMetrics'),
      one('CloudWatch', 'metrics under alarms', alarms, 'alarmMetrics'),
      one('CloudWatch', 'dashboard', deployed.dashboards, 'dashboards'),
      one('KMS', 'keys', deployed.kmsKeys, 'kmsKeys'),
      one('KMS', 'requests', monthDays * instancesADay, 'kmsRequests'),
      one('Secrets Manager', 'secrets', secrets.always + (redshift ? secrets.redshift : 0), 'secrets'),
      one('Secrets Manager', 'requests', monthDays * instancesADay, 'secretRequests'),
    ],
  };
}

/** Function instances that begin in a day, each of which asks once. */
const instancesADay = 50;
