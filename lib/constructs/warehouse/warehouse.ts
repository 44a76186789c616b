import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Construct } from 'constructs';
import { adminUser } from '../../../business-logic/shared/warehouse/admin-user.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import type { KinesisStream } from '../kinesis-stream.ts';
import { WarehouseNetwork } from './warehouse-network.ts';
import type { WarehouseReaders } from './warehouse-readers.ts';

export interface WarehouseProps {
  readonly config: PipelineConfig;
  readonly readers: WarehouseReaders;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
}

/**
 * Redshift writes names small even in quotes unless it is told otherwise, and the stream's generated name has capitals. Told
 * here, a view that refreshes itself knows it as well as whoever makes it.
 */
const namesHaveCase = { parameterKey: 'enable_case_sensitive_identifier', parameterValue: 'true' };

/** The database, and the computers that answer for it while somebody asks. */
export class Warehouse extends Construct {
  /** Name of the workgroup, and of the namespace. */
  readonly name: string;
  readonly workgroupArn: string;
  readonly namespaceArn: string;
  /** ARN of the secret that Redshift makes for the administrator, whose last characters are its own. */
  readonly adminSecretPattern: string;

  constructor(scope: Construct, id: string, { config, readers, stream }: WarehouseProps) {
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
      ...(stream && { configParameters: [namesHaveCase] }),
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
