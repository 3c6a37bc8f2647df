/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c: the files of the page. They are in the plugin; whoever works on them has them read from a
 * folder at each request. What was asked for is compared with names, and never opened. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web.h"

#define FILE_MOST (4 * 1024 * 1024)

static const struct page_file *find(const char *name)
{
    for (const struct page_file *file = page_files; file->name; file++) {
        if (strcmp(file->name, name) == 0)
            return file;
    }
    return NULL;
}

static enum MHD_Result send_file(struct request *request, const struct page_file *file,
                                 enum MHD_ResponseMemoryMode mode)
{
    const char *known = request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    bool same = *file->tag && known && parse_has_tag(known, file->tag);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(same ? 0 : file->size, same ? NULL : (void *)file->data,
                                        same ? MHD_RESPMEM_PERSISTENT : mode);
    if (!response)
        return MHD_NO;
    answer_headers(response, true);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
    if (*file->tag)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, file->tag);
    return answer_send(request, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
}

/* --- from a folder --- */

static const char *type_of(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".json", "application/json; charset=utf-8"},
        {".webmanifest", "application/manifest+json; charset=utf-8"},
        {".woff2", "font/woff2"},
    };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < sizeof types / sizeof *types; i++) {
        if (strcmp(ending, types[i][0]) == 0)
            return types[i][1];
    }
    return NULL;
}

static char *read_at(DIR *folder, const char *entry, size_t *size)
{
    struct stat about;
    char *data = NULL;
    int fd = openat(dirfd(folder), entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= FILE_MOST)
        data = malloc((size_t)about.st_size + 1);
    ssize_t length = data ? read(fd, data, (size_t)about.st_size) : -1;
    close(fd);
    *size = length < 0 ? 0 : (size_t)length;
    return data;
}

static enum MHD_Result send_from_folder(struct request *request, const char *name)
{
    DIR *folder = opendir(request->web->page_folder);
    struct page_file file = {.tag = ""};
    char *data = NULL;
    for (struct dirent *entry; folder && !data && (entry = readdir(folder));) {
        file.type = type_of(entry->d_name);
        if (file.type && strcmp(entry->d_name, name) == 0)
            data = read_at(folder, entry->d_name, &file.size);
    }
    enum MHD_Result result;
    if (data) {
        file.data = (const unsigned char *)data;
        result = send_file(request, &file, MHD_RESPMEM_MUST_FREE);
    } else {
        result = answer_error(request, MHD_HTTP_NOT_FOUND, "There is nothing here.");
    }
    if (folder)
        closedir(folder);
    return result;
}

enum MHD_Result page_answer(struct request *request)
{
    const char *name = request->path[0] == '/' ? request->path + 1 : request->path;
    if (!*name)
        name = "index.html";
    if (request->web->page_folder)
        return send_from_folder(request, name);
    const struct page_file *file = find(name);
    return file ? send_file(request, file, MHD_RESPMEM_PERSISTENT)
                : answer_error(request, MHD_HTTP_NOT_FOUND, "There is nothing here.");
}
