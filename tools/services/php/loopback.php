<?php
/* Plugin Name: Loopback. No mail, no request to other machines; one registered meta key. */
add_filter('pre_wp_mail', '__return_false');

add_filter('pre_http_request', function ($answer, $arguments, $url) {
    $host = strtolower((string) parse_url($url, PHP_URL_HOST));
    return in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true) ? $answer : new WP_Error('loopback_only', $host);
}, 1, 3);

// Over REST WordPress keeps registered meta keys only; this is the one that tests may set.
add_action('init', function () {
    register_post_meta('post', 'source_url', [
        'type' => 'string',
        'single' => true,
        'show_in_rest' => true,
        'auth_callback' => fn () => current_user_can('edit_posts'),
    ]);
});
