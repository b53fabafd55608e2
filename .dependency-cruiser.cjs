/** The rules of the house, held in CI: who may import whom. */
const pure = '^packages/(contracts|metrics|mtss|statistics|disclosure|simulation)/'
const notTests = '\\.test\\.ts$|/contract[^/]*\\.ts$|/testing\\.ts$'

module.exports = {
  forbidden: [
    {
      name: 'no-service-imports-another',
      comment: 'Services are deployed alone: what two share is a package.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-do-not-import-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'pure-packages-do-no-io',
      comment:
        'contracts, metrics, mtss, statistics, disclosure and simulation work on values alone; node:crypto computes.',
      severity: 'error',
      from: { path: pure, pathNot: notTests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-packages-import-pure-packages',
      severity: 'error',
      from: { path: pure, pathNot: notTests },
      to: { path: '^packages/(event-log|warehouse|control-plane|access|config|telemetry|testkit)/' },
    },
    {
      name: 'log-and-warehouse-are-strangers',
      severity: 'error',
      from: { path: '^packages/(event-log|warehouse)/', pathNot: notTests },
      to: { path: '^packages/(event-log|warehouse)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'one-way-into-the-warehouse',
      comment: 'client.ts alone speaks to ClickHouse; engine/ alone to chdb.',
      severity: 'error',
      from: {
        path: '^(packages|services|infra)/',
        pathNot: '^packages/warehouse/(client\\.ts|engine/)|\\.test\\.ts$',
      },
      to: { path: 'node_modules/(@clickhouse|chdb)/' },
    },
    {
      name: 'one-way-into-the-control-plane',
      severity: 'error',
      from: { path: '^(packages|services|infra|test)/', pathNot: '^packages/control-plane/' },
      to: { path: 'node_modules/@mikro-orm/' },
    },
    {
      name: 'the-operator-is-the-command-line',
      comment:
        'A scope that needs no credential is for whoever sits where the data lies, never for a service that answers readers. One file of the aggregator has it, to close what is due.',
      severity: 'error',
      from: {
        pathNot: '^services/cli/|^services/aggregator/releases(\\.test)?\\.ts$|^test/|^packages/access/',
      },
      to: { path: '^packages/access/operator\\.ts$' },
    },
    {
      name: 'releases-are-closed-by-operator-and-aggregator',
      comment:
        'What a release was made of holds true small numbers: no service that answers readers may reach it.',
      severity: 'error',
      from: {
        pathNot:
          '^services/cli/|^services/aggregator/releases\\.ts$|^test/|^packages/warehouse/closing/|/testing\\.ts$|\\.test\\.ts$',
      },
      to: { path: '^packages/warehouse/closing/' },
    },
    {
      name: 'testing-in-tests-alone',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^test/|/testing\\.ts$|/installation\\.ts$|/isolation/' },
      to: { path: '/testing\\.ts$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(packages|services)/' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
