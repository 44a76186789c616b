import type { Catalog } from '../runtime.ts';
import type { Actor } from './actor.ts';
import { glueResources } from './glue-resources.ts';

/** The Glue catalog as an actor may use it; `arnPrefix` is what stands before `table/…` in an ARN. */
export function catalogAs(catalog: Catalog, actor: Actor, arnPrefix: string): Catalog {
  const ask = (action: string, resource: string): void => {
    for (const one of glueResources(resource)) actor.authorize(`glue:${action}`, `${arnPrefix}${one}`);
  };
  return {
    ...catalog,
    table(database, name) {
      ask('GetTable', `table/${database}/${name}`);
      return catalog.table(database, name);
    },
    partitions(database, table) {
      ask('GetPartitions', `table/${database}/${table}`);
      return catalog.partitions(database, table);
    },
    async createTable(database, input) {
      ask('CreateTable', `table/${database}/${String(input.Name)}`);
      return catalog.createTable(database, input);
    },
    async updateTable(database, input) {
      ask('UpdateTable', `table/${database}/${String(input.Name)}`);
      return catalog.updateTable(database, input);
    },
    async deleteTable(database, name) {
      ask('DeleteTable', `table/${database}/${name}`);
      return catalog.deleteTable(database, name);
    },
    /** Creates what is new and updates what is there, as the scripts do with two calls. */
    async putPartitions(database, table, partitions) {
      const known = new Set(catalog.partitions(database, table).map(({ Values }) => JSON.stringify(Values)));
      const switched = partitions.filter(({ Values }) => known.has(JSON.stringify(Values)));
      if (switched.length < partitions.length) ask('BatchCreatePartition', `table/${database}/${table}`);
      if (switched.length > 0) ask('UpdatePartition', `table/${database}/${table}`);
      return catalog.putPartitions(database, table, partitions);
    },
    async deletePartition(database, table, values) {
      ask('DeletePartition', `table/${database}/${table}`);
      return catalog.deletePartition(database, table, values);
    },
  };
}
