// The storage contract
export type { StorageContractOptions, StorageRule } from './contract/contract.ts';
export { storageContract } from './contract/contract.ts';
export type { StorageNeed, StorageUnderTest } from './contract/rule.ts';
