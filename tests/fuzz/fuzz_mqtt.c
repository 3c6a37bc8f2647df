/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers send over MQTT: any bytes become a line, or nothing; a line becomes a volume, or
 * nothing. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "control-mqtt/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[PAYLOAD_MOST + 1], copy[20];
    const char *why = NULL;
    int percent = -1;
    if (!payload_line(data, size, line, &why)) {
        assert(why && *why);
        return 0;
    }
    size_t length = strlen(line);
    assert(!why && length > 0 && length <= PAYLOAD_MOST && length <= size);
    for (size_t i = 0; i < length; i++)
        assert((unsigned char)line[i] >= 0x20 && line[i] != 0x7f);
    assert(line[0] != ' ' && line[length - 1] != ' ');
    if (payload_percent(line, &percent)) {
        int level_db = payload_db_of_percent(percent);
        assert(percent >= 0 && percent <= 100 && level_db >= -24 && level_db <= 6);
        assert(payload_db_of_percent(payload_percent_of_db(level_db)) == level_db);
    }
    payload_copy(copy, sizeof copy, line); /* whole characters: what is cut is UTF-8 still */
    assert(strlen(copy) < sizeof copy && payload_line(copy, strlen(copy), line, &why));
    return 0;
}

#include "replay.h"
