// Expat, linked statically, so that a run which reads no XML does not load it.
#pragma once
#include <expat.h>
