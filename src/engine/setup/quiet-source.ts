/**
 * A small addon in C that sends file descriptor 2 into an unnamed file while the native library is loaded and hands
 * back what was written. TensorFlow logs two lines to it from its static initialisers, before any log level is read;
 * Node itself has no dup2. See `quiet.ts`.
 */
export const QUIET_SOURCE = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *captured = NULL;
static int original = -1;

static napi_value begin(napi_env env, napi_callback_info info) {
  (void)info;
  int ok = 0;
  if (captured == NULL) {
    fflush(stderr);
    captured = tmpfile();
    original = captured == NULL ? -1 : fcntl(2, F_DUPFD_CLOEXEC, 3);
    ok = original >= 0 && dup2(fileno(captured), 2) == 2;
    if (!ok) {
      if (captured != NULL) fclose(captured);
      if (original >= 0) close(original);
      captured = NULL;
      original = -1;
    }
  }
  napi_value result;
  napi_get_boolean(env, ok, &result);
  return result;
}

static napi_value end(napi_env env, napi_callback_info info) {
  (void)info;
  char *text = NULL;
  size_t length = 0;
  if (captured != NULL) {
    fflush(stderr);
    dup2(original, 2);
    close(original);
    long size = fseek(captured, 0, SEEK_END) == 0 ? ftell(captured) : 0;
    rewind(captured);
    if (size > 0 && (text = malloc((size_t)size)) != NULL) length = fread(text, 1, (size_t)size, captured);
    fclose(captured);
    captured = NULL;
    original = -1;
  }
  napi_value result;
  napi_create_string_utf8(env, text == NULL ? "" : text, length, &result);
  free(text);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value begin_function, end_function;
  napi_create_function(env, "begin", NAPI_AUTO_LENGTH, begin, NULL, &begin_function);
  napi_create_function(env, "end", NAPI_AUTO_LENGTH, end, NULL, &end_function);
  napi_set_named_property(env, exports, "begin", begin_function);
  napi_set_named_property(env, exports, "end", end_function);
  return exports;
}
`;
