import 'reflect-metadata'
import { type GraphQLSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { AssociationResolver } from './associations/resolver.ts'
import { AuthoritiesResolver } from './authorities/resolver.ts'
import { BasisResolver, ResponseRateResolver } from './basis.ts'
import { CompareSchoolsResolver } from './comparisons/compare-schools.ts'
import { SimilarSchoolsResolver } from './comparisons/similar-schools.ts'
import { FiguresResolver } from './figures/resolver.ts'
import { ReconciliationResolver } from './freshness/reconciliation.ts'
import { FreshnessResolver } from './freshness/resolver.ts'
import { InequalityResolver } from './inequalities/resolver.ts'
import { MeResolver } from './me/resolver.ts'
import { MetricsResolver } from './metrics/resolver.ts'
import { ReleasesResolver } from './releases/resolver.ts'
import { SchoolsResolver } from './schools/resolver.ts'
import { DeliveryResolver } from './support/delivery.ts'
import { EcologyResolver } from './support/ecology.ts'
import { InterventionEffectResolver } from './support/effect.ts'
import { FactorsResolver } from './support/factors.ts'
import { NeedResolver } from './support/need.ts'
import { PlanComplianceResolver } from './support/plans.ts'
import { ResilienceWheelResolver } from './support/wheel.ts'
import { TierHistoryResolver } from './tiers/history.ts'
import { TiersResolver } from './tiers/resolver.ts'
import { TrendResolver } from './trends/resolver.ts'

/** The API: every query that there is. */
export function buildGatewaySchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      MeResolver,
      AuthoritiesResolver,
      SchoolsResolver,
      MetricsResolver,
      FiguresResolver,
      CompareSchoolsResolver,
      SimilarSchoolsResolver,
      TrendResolver,
      InequalityResolver,
      AssociationResolver,
      FreshnessResolver,
      ReconciliationResolver,
      ResilienceWheelResolver,
      FactorsResolver,
      EcologyResolver,
      InterventionEffectResolver,
      DeliveryResolver,
      PlanComplianceResolver,
      NeedResolver,
      BasisResolver,
      ResponseRateResolver,
      ReleasesResolver,
      TiersResolver,
      TierHistoryResolver,
    ],
    validate: false,
  })
}

/** The schema in SDL. */
export const printGatewaySchema = (): string => `${printSchema(buildGatewaySchema())}\n`
