// Typed doors to jansson's variadic calls and macros, which Swift cannot call.
#pragma once
#include <jansson.h>

/// Reads any JSON value; duplicate keys are errors, and so is `\u0000`, key or value.
static inline json_t *shim_json_load(const char *bytes, size_t size, json_error_t *error) {
    return json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);
}

/// The macro `json_typeof` as a function.
static inline json_type shim_json_type(const json_t *value) { return json_typeof(value); }

/// The error's message, which Swift would see as a tuple of 160 characters.
static inline const char *shim_json_error_text(const json_error_t *error) { return error->text; }
