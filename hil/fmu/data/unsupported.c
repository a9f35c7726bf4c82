/* Functions of FMI 3.0 that this unit has no use for: the standard wants each to be there. They answer fmi3Error. Further
   arguments are not looked at; in the calling conventions of x86-64 and AArch64 the caller owns them. */
#define NOT_HERE(name) __attribute__((visibility("default"))) int name(void *instance) { (void)instance; return 3; }

NOT_HERE(fmi3GetFloat32) NOT_HERE(fmi3SetFloat32) NOT_HERE(fmi3GetInt8) NOT_HERE(fmi3SetInt8)
NOT_HERE(fmi3GetUInt8) NOT_HERE(fmi3SetUInt8) NOT_HERE(fmi3GetInt16) NOT_HERE(fmi3SetInt16)
NOT_HERE(fmi3GetUInt16) NOT_HERE(fmi3SetUInt16) NOT_HERE(fmi3SetInt32)
NOT_HERE(fmi3GetUInt32) NOT_HERE(fmi3SetUInt32) NOT_HERE(fmi3GetInt64) NOT_HERE(fmi3SetInt64)
NOT_HERE(fmi3GetUInt64) NOT_HERE(fmi3SetUInt64) NOT_HERE(fmi3GetBoolean) NOT_HERE(fmi3SetBoolean)
NOT_HERE(fmi3GetString) NOT_HERE(fmi3SetString) NOT_HERE(fmi3GetBinary) NOT_HERE(fmi3SetBinary)
NOT_HERE(fmi3GetClock) NOT_HERE(fmi3SetClock)
NOT_HERE(fmi3GetNumberOfVariableDependencies) NOT_HERE(fmi3GetVariableDependencies)
NOT_HERE(fmi3SerializedFMUStateSize) NOT_HERE(fmi3SerializeFMUState) NOT_HERE(fmi3DeserializeFMUState)
NOT_HERE(fmi3GetDirectionalDerivative) NOT_HERE(fmi3GetAdjointDerivative)
NOT_HERE(fmi3EnterConfigurationMode) NOT_HERE(fmi3ExitConfigurationMode) NOT_HERE(fmi3EnterEventMode)
NOT_HERE(fmi3GetIntervalDecimal) NOT_HERE(fmi3GetIntervalFraction) NOT_HERE(fmi3GetShiftDecimal) NOT_HERE(fmi3GetShiftFraction)
NOT_HERE(fmi3SetIntervalDecimal) NOT_HERE(fmi3SetIntervalFraction) NOT_HERE(fmi3SetShiftDecimal) NOT_HERE(fmi3SetShiftFraction)
NOT_HERE(fmi3EvaluateDiscreteStates) NOT_HERE(fmi3UpdateDiscreteStates) NOT_HERE(fmi3EnterContinuousTimeMode)
NOT_HERE(fmi3CompletedIntegratorStep) NOT_HERE(fmi3SetTime) NOT_HERE(fmi3SetContinuousStates)
NOT_HERE(fmi3GetContinuousStateDerivatives) NOT_HERE(fmi3GetEventIndicators) NOT_HERE(fmi3GetContinuousStates)
NOT_HERE(fmi3GetNominalsOfContinuousStates) NOT_HERE(fmi3GetNumberOfEventIndicators) NOT_HERE(fmi3GetNumberOfContinuousStates)
NOT_HERE(fmi3EnterStepMode) NOT_HERE(fmi3GetOutputDerivatives) NOT_HERE(fmi3ActivateModelPartition)

__attribute__((visibility("default"))) void *fmi3InstantiateModelExchange(void) { return 0; }
__attribute__((visibility("default"))) void *fmi3InstantiateScheduledExecution(void) { return 0; }
