<?php
// php install.php tables|users FOLDER: what a person does in the browser after unpacking WordPress.
// Two runs, for WordPress reads the tables that the first one makes while it loads.
[, $step, $folder] = $argv;
$_SERVER['HTTP_HOST'] = parse_url(getenv('SITE_URL'), PHP_URL_HOST) . ':' . parse_url(getenv('SITE_URL'), PHP_URL_PORT);
$_SERVER += ['REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REMOTE_ADDR' => '127.0.0.1'];
if ($step === 'tables') {
    define('WP_INSTALLING', true);
}
require "$folder/www/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if ($step === 'tables') {
    // The installer would look at its own pages to learn whether permalinks work.
    add_filter('pre_http_request', fn () => new WP_Error('not_now'));
    wp_install('Test Blog', 'admin', 'admin@example.invalid', true, '', wp_generate_password());
    exit(0);
}

foreach ([
    'timezone_string' => getenv('SITE_TIMEZONE'),
    'gmt_offset' => '',
    'ping_sites' => '',
    'blogdescription' => 'A WordPress for tests',
    'comment_moderation' => 0,
    'comment_previously_approved' => 0,
] as $option => $value) {
    update_option($option, $value);
}
switch_theme('twentytwentyone');
$GLOBALS['wp_rewrite']->init();
$GLOBALS['wp_rewrite']->set_permalink_structure('/%year%/%monthnum%/%postname%/');
$GLOBALS['wp_rewrite']->flush_rules(false);
foreach (get_posts(['post_type' => ['post', 'page'], 'post_status' => 'any', 'numberposts' => -1]) as $sample) {
    wp_delete_post($sample->ID, true);
}

$users = [];
$logins = ['administrator' => 'admin', 'editor' => 'erin', 'author' => 'alma', 'contributor' => 'cleo', 'subscriber' => 'sam'];
foreach ($logins as $role => $login) {
    $password = wp_generate_password(16, false);
    $known = get_user_by('login', $login);
    if ($known) {
        wp_set_password($password, $known->ID);
    }
    $id = $known ? $known->ID : wp_insert_user([
        'user_login' => $login,
        'user_pass' => $password,
        'user_email' => "$login@example.invalid",
        'display_name' => ucfirst($login),
        'role' => $role,
    ]);
    [$application] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Wirecopy']);
    $users[$role] = [
        'id' => $id,
        'login' => $login,
        'password' => $password,
        'application_password' => WP_Application_Passwords::chunk_password($application),
    ];
}
$database = $GLOBALS['wpdb']->db_version();
file_put_contents("$folder/users.json", json_encode([
    'version' => $GLOBALS['wp_version'],
    'php' => PHP_VERSION,
    'database' => "MariaDB $database",
    'timezone' => getenv('SITE_TIMEZONE'),
    'users' => $users,
], JSON_PRETTY_PRINT));
