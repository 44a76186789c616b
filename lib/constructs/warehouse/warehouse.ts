import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Construct } from 'constructs';
import { adminUser } from '../../../business-logic/shared/warehouse/admin-user.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import { WarehouseNetwork } from './warehouse-network.ts';
import type { WarehouseReaders } from './warehouse-readers.ts';

export interface WarehouseProps {
  readonly config: PipelineConfig;
  readonly readers: WarehouseReaders;
}

/** The database, and the computers that answer for it while somebody asks. */
export class Warehouse extends Construct {
  /** Name of the workgroup, and of the namespace. */
  readonly name: string;
  readonly workgroupArn: string;
  readonly namespaceArn: string;
  /** ARN of the secret that Redshift makes for the administrator, whose last characters are its own. */
  readonly adminSecretPattern: string;

  constructor(scope: Construct, id: string, { config, readers }: WarehouseProps) {
    super(scope, id);
    this.name = config.WORKLOAD_NAME;

    const namespace = new CfnNamespace(this, 'Namespace', {
      namespaceName: this.name,
      dbName: config.EVENTS_DATABASE,
      adminUsername: adminUser,
      manageAdminPassword: true,
      iamRoles: [readers.lake.roleArn, readers.restricted.roleArn],
    });
    // Its policies as well: the setup reads the catalog as soon as the warehouse is there.
    namespace.node.addDependency(readers);

    const { subnets, securityGroup } = new WarehouseNetwork(this, 'Network', { config });
    const workgroup = new CfnWorkgroup(this, 'Workgroup', {
      workgroupName: this.name,
      namespaceName: namespace.ref,
      baseCapacity: config.REDSHIFT_BASE_RPU,
      maxCapacity: config.REDSHIFT_MAX_RPU,
      port: config.REDSHIFT_PORT,
      publiclyAccessible: false,
      enhancedVpcRouting: false,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [securityGroup.securityGroupId],
    });
    this.workgroupArn = workgroup.attrWorkgroupWorkgroupArn;
    this.namespaceArn = namespace.attrNamespaceNamespaceArn;
    this.adminSecretPattern = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `redshift!${this.name}-${adminUser}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
