import fc from 'fast-check'

/** The gate is the same for everyone: one seed, unless FC_SEED names another (`FC_SEED=$RANDOM npm test` looks further). */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FC_SEED ?? 20_261_122) })
