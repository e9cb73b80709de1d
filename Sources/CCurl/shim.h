// Typed doors to libcurl: Swift can call no variadic function, and linking libcurl would load
// some thirty shared libraries (about 5 ms) into every run, also into one that sends nothing.
// So the library is loaded at the first request, and all calls go through the table below.
#pragma once
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

/// The addresses of the libcurl functions in use.
typedef struct {
    CURLcode (*global_init)(long);
    curl_version_info_data *(*version_info)(CURLversion);
    const char *(*easy_strerror)(CURLcode);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    CURLcode (*easy_pause)(CURL *, int);
    void *easy_setopt;
    void *easy_getinfo;
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_cleanup)(CURLM *);
    CURLMcode (*multi_add_handle)(CURLM *, CURL *);
    CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
    CURLMcode (*multi_perform)(CURLM *, int *);
    CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd[], unsigned int, int, int *);
    CURLMcode (*multi_wakeup)(CURLM *);
    CURLMsg *(*multi_info_read)(CURLM *, int *);
} dss_curl;

typedef CURLcode (*dss_easy_setopt_fn)(CURL *, CURLoption, ...);
typedef CURLcode (*dss_easy_getinfo_fn)(CURL *, CURLINFO, ...);
typedef size_t (*dss_data_fn)(char *, size_t, size_t, void *);
typedef int (*dss_seek_fn)(void *, curl_off_t, int);
typedef int (*dss_prereq_fn)(void *, char *, char *, int, int);
typedef curl_socket_t (*dss_socket_fn)(void *, curlsocktype, struct curl_sockaddr *);

static inline int dss_curl_find(void *library, const char *name, void *slot) {
    void *address = dlsym(library, name);
    *(void **)slot = address;
    return address != NULL;
}

/// Fills the table; NULL, or the dynamic linker's words where something is missing.
static inline const char *dss_curl_load(dss_curl *t) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
    int found = dss_curl_find(library, "curl_global_init", &t->global_init)
        && dss_curl_find(library, "curl_version_info", &t->version_info)
        && dss_curl_find(library, "curl_easy_strerror", &t->easy_strerror)
        && dss_curl_find(library, "curl_easy_init", &t->easy_init)
        && dss_curl_find(library, "curl_easy_cleanup", &t->easy_cleanup)
        && dss_curl_find(library, "curl_easy_pause", &t->easy_pause)
        && dss_curl_find(library, "curl_easy_setopt", &t->easy_setopt)
        && dss_curl_find(library, "curl_easy_getinfo", &t->easy_getinfo)
        && dss_curl_find(library, "curl_slist_append", &t->slist_append)
        && dss_curl_find(library, "curl_slist_free_all", &t->slist_free_all)
        && dss_curl_find(library, "curl_multi_init", &t->multi_init)
        && dss_curl_find(library, "curl_multi_cleanup", &t->multi_cleanup)
        && dss_curl_find(library, "curl_multi_add_handle", &t->multi_add_handle)
        && dss_curl_find(library, "curl_multi_remove_handle", &t->multi_remove_handle)
        && dss_curl_find(library, "curl_multi_perform", &t->multi_perform)
        && dss_curl_find(library, "curl_multi_poll", &t->multi_poll)
        && dss_curl_find(library, "curl_multi_wakeup", &t->multi_wakeup)
        && dss_curl_find(library, "curl_multi_info_read", &t->multi_info_read);
    return found ? NULL : dlerror();
}

static inline CURLcode dss_set_long(const dss_curl *t, CURL *h, CURLoption o, long v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, o, v);
}
static inline CURLcode dss_set_size(const dss_curl *t, CURL *h, CURLoption o, curl_off_t v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, o, v);
}
static inline CURLcode dss_set_text(const dss_curl *t, CURL *h, CURLoption o, const char *v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, o, v);
}
static inline CURLcode dss_set_pointer(const dss_curl *t, CURL *h, CURLoption o, void *v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, o, v);
}
static inline CURLcode dss_set_data(const dss_curl *t, CURL *h, CURLoption o, dss_data_fn v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, o, v);
}
static inline CURLcode dss_set_seek(const dss_curl *t, CURL *h, dss_seek_fn v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, CURLOPT_SEEKFUNCTION, v);
}
static inline CURLcode dss_set_prereq(const dss_curl *t, CURL *h, dss_prereq_fn v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, CURLOPT_PREREQFUNCTION, v);
}
static inline CURLcode dss_set_socket(const dss_curl *t, CURL *h, dss_socket_fn v) {
    return ((dss_easy_setopt_fn)t->easy_setopt)(h, CURLOPT_OPENSOCKETFUNCTION, v);
}
static inline CURLcode dss_get_pointer(const dss_curl *t, CURL *h, CURLINFO i, void **v) {
    return ((dss_easy_getinfo_fn)t->easy_getinfo)(h, i, v);
}

/// Such as 0x075801 for 7.88.1; 0 where unknown.
static inline unsigned int dss_version_number(const dss_curl *t) {
    curl_version_info_data *info = t->version_info(CURLVERSION_NOW);
    return info == NULL ? 0 : info->version_num;
}

/// The next finished handle and how it ended; NULL when there is none.
static inline CURL *dss_next_finished(const dss_curl *t, CURLM *m, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = t->multi_info_read(m, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
