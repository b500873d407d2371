/** HOST: for builds: TypeScript modules for desktop flows, as the command `desktop-flow codegen` writes them. */
export { type FlowToGenerate, type GenerateFlowModuleOptions, generateFlowModule } from './codegen/module';
