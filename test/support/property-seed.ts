import fc from 'fast-check'

/** The same seed on every machine, unless FC_SEED sets another (`FC_SEED=$RANDOM npm test` explores further). */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FC_SEED ?? 20_261_122) })
