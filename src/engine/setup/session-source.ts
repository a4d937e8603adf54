/**
 * A C++ file that tfjs-node's addon is compiled with. The addon loads every graph with TensorFlow's default options; here
 * `TF_NewSessionOptions` is told by the environment how many threads the operations of the next graph may share. See
 * `trace/session.ts`, which sets the variable, and `addonArguments`, which puts this function in the other's place.
 */
export const SESSION_SOURCE = `
#undef TF_NewSessionOptions
#include <cstdlib>
#include "tensorflow/c/c_api.h"

extern "C" TF_SessionOptions *specbook_session_options(void) {
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *text = std::getenv("SPECBOOK_INTRA_OP_THREADS");
  const int threads = text == nullptr ? 0 : std::atoi(text);
  if (threads > 0 && threads < 128) {
    // ConfigProto { int32 intra_op_parallelism_threads = 2; }
    const unsigned char config[] = {0x10, static_cast<unsigned char>(threads)};
    TF_Status *status = TF_NewStatus();
    TF_SetConfig(options, config, sizeof config, status);
    TF_DeleteStatus(status);
  }
  return options;
}
`;

/** The compiler's option that puts the function above in the place of TensorFlow's. */
export const SESSION_OPTION = "-DTF_NewSessionOptions=specbook_session_options";
