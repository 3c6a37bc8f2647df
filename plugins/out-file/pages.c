/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages.c: between libsndfile and the file, gives every Ogg page the same serial number. libsndfile
 * draws one at random, which would make each render of the same session another file. Pages keep
 * their length, so places in the file stay what libsndfile thinks they are. */
#include <string.h>

#include "outfile.h"

#define SERIAL 0x6C696D62u /* "limb" */

void outfile_pages_init(struct outfile_pages *pages, struct outfile_sink *sink)
{
    ogg_sync_init(&pages->sync);
    pages->sink = sink;
    pages->taken = 0;
}

void outfile_pages_clear(struct outfile_pages *pages)
{
    ogg_sync_clear(&pages->sync);
}

bool outfile_pages_write(struct outfile_pages *pages, const void *data, size_t size)
{
    char *room = ogg_sync_buffer(&pages->sync, (long)size);
    if (!room)
        return false;
    memcpy(room, data, size);
    ogg_sync_wrote(&pages->sync, (long)size);
    pages->taken += (int64_t)size;
    ogg_page page;
    while (ogg_sync_pageout(&pages->sync, &page) == 1) {
        for (int i = 0; i < 4; i++)
            page.header[14 + i] = (unsigned char)(SERIAL >> 8 * i);
        ogg_page_checksum_set(&page);
        if (!outfile_sink_write(pages->sink, page.header, (size_t)page.header_len) ||
            !outfile_sink_write(pages->sink, page.body, (size_t)page.body_len))
            return false;
    }
    return true;
}
