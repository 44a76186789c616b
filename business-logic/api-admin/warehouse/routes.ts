import type { Route } from '../../shared/http/route.ts';
import { setUpWarehouse, type WarehouseDeps } from './set-up-warehouse.ts';

/** Routes of a deployment that has a warehouse. Their function is its own: the others need none of its clients. */
export const routes: readonly Route<WarehouseDeps>[] = [['POST', '/redshift/setup', setUpWarehouse]];
